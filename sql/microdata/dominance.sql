-- What a region's change in the exports of the group of size classes owes to one enterprise group, for every pair of years, under the
-- basis of the table.
-- grain: region_code, base_year, final_year
-- The largest exporter group is the one with the highest exports in the final year; the carrier is the one whose own change goes
-- furthest in the direction of the region's. What leaves the program is a class, never these figures.
with by_group as (
    select
        contributions.region_code,
        windows.base_year,
        windows.final_year,
        contributions.group_id,
        sum(case when contributions.year = windows.base_year then contributions.exports_sek else 0 end) as base_sek,
        sum(case when contributions.year = windows.final_year then contributions.exports_sek else 0 end) as final_sek,
    from microdata.contributions as contributions
    cross join microdata.settings as settings
    cross join microdata.windows as windows
    inner join microdata.size_sums as sums
        on contributions.size_class = sums.size_class
        and sums.sum = settings.size_group
    where contributions.basis = settings.basis
        and contributions.region_code <> 'unallocated'
        and (contributions.year = windows.base_year or contributions.year = windows.final_year)
    group by contributions.region_code, windows.base_year, windows.final_year, contributions.group_id
),

directed as (
    select
        *,
        sum(final_sek - base_sek) over (partition by region_code, base_year, final_year) as change_sek,
    from by_group
),

ranked as (
    select
        *,
        row_number() over (partition by region_code, base_year, final_year order by final_sek desc, base_sek desc, group_id) as size_place,
        row_number() over (
            partition by region_code, base_year, final_year
            order by case when change_sek < 0 then base_sek - final_sek else final_sek - base_sek end desc, group_id
        ) as carrier_place,
    from directed
)

select
    cast(region_code as varchar) as region_code,
    cast(base_year as bigint) as base_year,
    cast(final_year as bigint) as final_year,
    cast(sum(base_sek) as decimal(20, 2)) as base_sek,
    cast(sum(final_sek) as decimal(20, 2)) as final_sek,
    cast(sum(case when size_place = 1 then base_sek else 0 end) as decimal(20, 2)) as largest_base_sek,
    cast(sum(case when size_place = 1 then final_sek else 0 end) as decimal(20, 2)) as largest_final_sek,
    cast(sum(case when carrier_place = 1 then base_sek else 0 end) as decimal(20, 2)) as carrier_base_sek,
    cast(sum(case when carrier_place = 1 then final_sek else 0 end) as decimal(20, 2)) as carrier_final_sek,
from ranked
group by region_code, base_year, final_year
