-- How much more the exports of each unit grew than those of its industry (two digits), and of its region.
-- grain: base_year, final_year, unit_id
-- Both are sums over all units by their industry and region in the last year that the register knows them.
with homes as (
    select
        register.unit_id,
        substring(register.industry_code, 1, 2) as division,
        register.region_code,
        row_number() over (partition by register.unit_id order by register.year desc) as place,
    from companies.unit_register as register
),

units as (
    select
        spans.*,
        homes.division,
        homes.region_code,
        sum(spans.base_sek) over (partition by spans.base_year, spans.final_year, homes.division) as division_base_sek,
        sum(spans.final_sek) over (partition by spans.base_year, spans.final_year, homes.division) as division_final_sek,
        sum(spans.base_sek) over (partition by spans.base_year, spans.final_year, homes.region_code) as region_base_sek,
        sum(spans.final_sek) over (partition by spans.base_year, spans.final_year, homes.region_code) as region_final_sek,
    from companies.spans as spans
    inner join homes on spans.unit_id = homes.unit_id and homes.place = 1
)

select
    cast(units.base_year as bigint) as base_year,
    cast(units.final_year as bigint) as final_year,
    cast(units.unit_id as varchar) as unit_id,
    cast(
        cast(units.final_sek as double) / nullif(cast(units.base_sek as double), 0)
        - cast(units.division_final_sek as double) / nullif(cast(units.division_base_sek as double), 0) as double
    ) as growth_above_industry,
    cast(
        case
            when units.region_code is not null
                then cast(units.final_sek as double) / nullif(cast(units.base_sek as double), 0)
                    - cast(units.region_final_sek as double) / nullif(cast(units.region_base_sek as double), 0)
        end as double
    ) as growth_above_region,
from units
cross join companies.settings as settings
where units.final_sek > 0 and units.base_sek >= settings.least_base_sek
