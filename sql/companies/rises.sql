-- The year of a window in which each unit's exports rose most, and the most that they changed in any other of its years.
-- grain: base_year, final_year, unit_id
-- Changes from one year to the next, after the base year; of two alike the later one.
with changes as (
    select
        windows.base_year,
        windows.final_year,
        years.unit_id,
        years.year,
        years.change_sek,
        row_number() over (
            partition by windows.base_year, windows.final_year, years.unit_id order by years.change_sek desc, years.year desc
        ) as place,
    from companies.unit_years as years
    inner join companies.windows as windows
        on windows.for_table = 'rises'
        and years.year > windows.base_year and years.year <= windows.final_year
)

select
    cast(base_year as bigint) as base_year,
    cast(final_year as bigint) as final_year,
    cast(unit_id as varchar) as unit_id,
    cast(max(case when place = 1 then year end) as bigint) as rise_year,
    cast(max(case when place = 1 then change_sek end) as decimal(20, 2)) as largest_rise_sek,
    cast(max(case when place > 1 then abs(change_sek) end) as decimal(20, 2)) as other_change_sek,
from changes
group by base_year, final_year, unit_id
having max(change_sek) > 0
