-- The workplaces of the exporting enterprises that the register knows, and what each may place a value by.
-- grain: establishment_id, year
select
    cast(establishments.establishment_id as varchar) as establishment_id,
    cast(establishments.enterprise_id as varchar) as enterprise_id,
    cast(establishments.year as bigint) as year,
    cast(establishments.region_code as varchar) as region_code,
    cast(establishments.employees as bigint) as employees,
    cast(case when divisions.division is null then 0 else establishments.employees end as bigint) as goods_employees,
    cast(starts_with(establishments.industry_code, settings.head_office_industry) as boolean) as is_office,
from microdata.establishments as establishments
inner join microdata.exporting_enterprises as enterprises
    on establishments.enterprise_id = enterprises.enterprise_id
    and establishments.year = enterprises.year
    and enterprises.size_class <> 'unknown'
cross join microdata.settings as settings
left join microdata.goods_producing_divisions as divisions on substring(establishments.industry_code, 1, 2) = divisions.division
