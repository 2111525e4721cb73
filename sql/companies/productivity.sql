-- The exports of each unit per employee in the final year, and how they grew. Unknown where the register has no employees.
-- grain: base_year, final_year, unit_id
select
    cast(spans.base_year as bigint) as base_year,
    cast(spans.final_year as bigint) as final_year,
    cast(spans.unit_id as varchar) as unit_id,
    cast(cast(spans.final_sek as double) / nullif(final.employees, 0) as double) as exports_per_employee_sek,
    cast(
        case
            when spans.base_sek >= settings.least_base_sek
                then cast(spans.final_sek as double) / nullif(final.employees, 0)
                    * before.employees / nullif(cast(spans.base_sek as double), 0) - 1
        end as double
    ) as exports_per_employee_growth,
from companies.spans as spans
inner join companies.unit_register as final on spans.unit_id = final.unit_id and spans.final_year = final.year
left join companies.unit_register as before
    on spans.unit_id = before.unit_id
    and spans.base_year = before.year
    and before.employees > 0
cross join companies.settings as settings
where spans.final_sek > 0
