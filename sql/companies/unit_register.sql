-- What the register says of a unit in a year: its employees, its industry, its region and its size class.
-- grain: unit_id, year
-- The industry is that of its enterprise with the most employees, the region that where its workplaces have the most; of two alike the first.
with members as (
    select
        perimeter.unit_id,
        perimeter.group_id,
        register.enterprise_id,
        register.year,
        register.employees,
        register.industry_code,
        row_number() over (
            partition by perimeter.unit_id, register.year order by register.employees desc, register.enterprise_id
        ) as place,
    from microdata.enterprises as register
    inner join companies.perimeter as perimeter on register.enterprise_id = perimeter.enterprise_id
),

units as (
    select
        unit_id,
        year,
        sum(employees) as employees,
        max(case when place = 1 then industry_code end) as industry_code,
        max(case when place = 1 then group_id end) as group_id,
        max(case when enterprise_id <> group_id then 1 else 0 end) as is_in_group,
    from members
    group by unit_id, year
),

regions as (
    select
        perimeter.unit_id,
        workplaces.year,
        workplaces.region_code,
        row_number() over (
            partition by perimeter.unit_id, workplaces.year order by sum(workplaces.employees) desc, workplaces.region_code
        ) as place,
    from microdata.establishments as workplaces
    inner join companies.perimeter as perimeter on workplaces.enterprise_id = perimeter.enterprise_id
    group by perimeter.unit_id, workplaces.year, workplaces.region_code
)

select
    cast(units.unit_id as varchar) as unit_id,
    cast(units.year as bigint) as year,
    cast(units.group_id as varchar) as group_id,
    cast(units.is_in_group = 1 as boolean) as is_in_group,
    cast(units.employees as bigint) as employees,
    cast(bounds.size_class as varchar) as size_class,
    cast(units.industry_code as varchar) as industry_code,
    cast(regions.region_code as varchar) as region_code,
from units
left join regions on units.unit_id = regions.unit_id and units.year = regions.year and regions.place = 1
left join microdata.size_bounds as bounds on units.employees between bounds.fewest and bounds.most
