-- Every enterprise that declared exports in a year, with its group and its size class.
-- grain: enterprise_id, year
-- The register says both. An enterprise that it does not know has no size class, and is a group of its own.
with register as (
    select
        enterprise_id,
        year,
        coalesce(nullif(enterprise_group_id, ''), enterprise_id) as group_id,
        employees,
    from microdata.enterprises
),

group_employees as (
    select
        group_id,
        year,
        sum(employees) as employees,
    from register
    cross join microdata.settings as settings
    where settings.sizes_by_group
    group by group_id, year
),

sized as (
    select
        enterprises.enterprise_id,
        enterprises.year,
        register.group_id,
        enterprises.exports_sek,
        enterprises.exports_sek >= settings.exporter_threshold_sek as is_exporter,
        case when settings.sizes_by_group then group_employees.employees else register.employees end as employees,
    from microdata.enterprise_exports as enterprises
    cross join microdata.settings as settings
    left join register on enterprises.enterprise_id = register.enterprise_id and enterprises.year = register.year
    left join group_employees on register.group_id = group_employees.group_id and register.year = group_employees.year
)

select
    cast(enterprise_id as varchar) as enterprise_id,
    cast(year as bigint) as year,
    cast(coalesce(group_id, enterprise_id) as varchar) as group_id,
    cast(coalesce(bounds.size_class, 'unknown') as varchar) as size_class,
    cast(exports_sek as decimal(20, 2)) as exports_sek,
    cast(is_exporter as boolean) as is_exporter,
from sized
left join microdata.size_bounds as bounds on sized.employees between bounds.fewest and bounds.most
