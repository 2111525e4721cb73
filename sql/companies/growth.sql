-- How the exports of each unit that exports in the final year grew: relatively, in money, and in how many of the years.
-- grain: base_year, final_year, unit_id
-- Growth from less than the least base is unknown: a per cent of next to nothing says nothing. The first export is the first of all records.
with firsts as (
    select
        unit_id,
        min(year) as first_export_year,
    from companies.unit_years
    group by unit_id
)

select
    cast(spans.base_year as bigint) as base_year,
    cast(spans.final_year as bigint) as final_year,
    cast(spans.unit_id as varchar) as unit_id,
    cast(
        case
            when spans.base_sek >= settings.least_base_sek
                then cast(spans.final_sek as double) / nullif(cast(spans.base_sek as double), 0) - 1
        end as double
    ) as exports_growth,
    cast(cast(spans.final_sek - spans.base_sek as decimal(20, 2)) as double) as exports_change_sek,
    cast(cast(spans.rising_years as double) / nullif(spans.final_year - spans.base_year, 0) as double) as growth_years_share,
    cast(cast(spans.final_year - firsts.first_export_year as bigint) as double) as years_since_first_export,
from companies.spans as spans
inner join firsts on spans.unit_id = firsts.unit_id
cross join companies.settings as settings
where spans.final_sek > 0
