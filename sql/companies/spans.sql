-- The exports of each unit at both ends of a window: zero where it declared nothing then.
-- grain: base_year, final_year, unit_id
select
    cast(windows.base_year as bigint) as base_year,
    cast(windows.final_year as bigint) as final_year,
    cast(years.unit_id as varchar) as unit_id,
    cast(sum(case when years.year = windows.base_year then years.exports_sek else 0 end) as decimal(20, 2)) as base_sek,
    cast(sum(case when years.year = windows.final_year then years.exports_sek else 0 end) as decimal(20, 2)) as final_sek,
    cast(
        sum(case when years.year = windows.final_year then years.largest_declaration_sek else 0 end) as decimal(20, 2)
    ) as largest_declaration_sek,
    cast(
        max(case when years.year < windows.final_year then years.largest_declaration_sek end) as decimal(20, 2)
    ) as largest_before_sek,
    cast(
        sum(case when years.year > windows.base_year and years.change_sek > 0 then 1 else 0 end) as bigint
    ) as rising_years,
    cast(count(*) as bigint) as exporting_years,
from companies.unit_years as years
inner join companies.windows as windows
    on windows.for_table = 'spans'
    and years.year between windows.base_year and windows.final_year
group by windows.base_year, windows.final_year, years.unit_id
