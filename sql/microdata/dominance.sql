-- What a region's change in the exports of the group of size classes owes to one enterprise group, for every pair of years, under the
-- basis of the table.
-- grain: region_code, base_year, final_year
-- The largest exporter group is the one with the highest exports in the final year; the carrier is the one whose own change goes
-- furthest in the direction of the region's: structs compare by their first fields, then by the next. What leaves the program is a class,
-- never these figures.
with ends as (
    select
        base_year as year,
        base_year,
        final_year,
    from microdata.windows
    union all
    select
        final_year as year,
        base_year,
        final_year,
    from microdata.windows
),

by_group as (
    select
        parts.region_code,
        ends.base_year,
        ends.final_year,
        parts.group_id,
        sum(case when parts.year = ends.base_year then parts.exports_sek else 0 end) as base_sek,
        sum(case when parts.year = ends.final_year then parts.exports_sek else 0 end) as final_sek,
    from microdata.group_parts as parts
    inner join ends on parts.year = ends.year
    where parts.exports_sek > 0
    group by parts.region_code, ends.base_year, ends.final_year, parts.group_id
),

furthest as (
    select
        region_code,
        base_year,
        final_year,
        sum(base_sek) as base_sek,
        sum(final_sek) as final_sek,
        max({'final_sek': final_sek, 'base_sek': base_sek}) as largest,
        min({'change_sek': base_sek - final_sek, 'group_id': group_id, 'base_sek': base_sek, 'final_sek': final_sek}) as riser,
        min({'change_sek': final_sek - base_sek, 'group_id': group_id, 'base_sek': base_sek, 'final_sek': final_sek}) as faller,
    from by_group
    group by region_code, base_year, final_year
)

select
    cast(region_code as varchar) as region_code,
    cast(base_year as bigint) as base_year,
    cast(final_year as bigint) as final_year,
    cast(base_sek as decimal(20, 2)) as base_sek,
    cast(final_sek as decimal(20, 2)) as final_sek,
    cast(largest.base_sek as decimal(20, 2)) as largest_base_sek,
    cast(largest.final_sek as decimal(20, 2)) as largest_final_sek,
    cast(case when final_sek < base_sek then faller.base_sek else riser.base_sek end as decimal(20, 2)) as carrier_base_sek,
    cast(case when final_sek < base_sek then faller.final_sek else riser.final_sek end as decimal(20, 2)) as carrier_final_sek,
from furthest
