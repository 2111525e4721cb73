-- Where an exporting enterprise is: the employees and workplaces it has in a region, in the regions up to it, and in all.
-- grain: enterprise_id, year, region_code
-- Most enterprises are in one region, and need no order of regions. The head office is the workplace in the head offices' industry, else
-- the largest; of two alike the first by its identifier.
with enterprises as (
    select
        enterprise_id,
        year,
        min(region_code) as first_region,
        max(region_code) as last_region,
        sum(goods_employees) as goods_employees,
        sum(employees) as employees,
        count(*) as workplaces,
    from microdata.workplaces
    group by enterprise_id, year
),

spread as (
    select
        workplaces.*,
        enterprises.goods_employees as goods_employees_in_all,
        enterprises.employees as employees_in_all,
        enterprises.workplaces as workplaces_in_all,
        row_number() over (
            partition by workplaces.enterprise_id, workplaces.year
            order by workplaces.is_office desc, workplaces.employees desc, workplaces.establishment_id
        ) as head_office_order,
    from microdata.workplaces as workplaces
    inner join enterprises
        on workplaces.enterprise_id = enterprises.enterprise_id
        and workplaces.year = enterprises.year
        and enterprises.first_region <> enterprises.last_region
),

regions as (
    select
        enterprise_id,
        year,
        region_code,
        sum(goods_employees) as goods_employees,
        sum(employees) as employees,
        count(*) as workplaces,
        sum(case when head_office_order = 1 then 1 else 0 end) as head_offices,
        max(goods_employees_in_all) as goods_employees_in_all,
        max(employees_in_all) as employees_in_all,
        max(workplaces_in_all) as workplaces_in_all,
    from spread
    group by enterprise_id, year, region_code
),

places as (
    select
        enterprise_id,
        year,
        region_code,
        goods_employees,
        employees,
        workplaces,
        head_offices,
        sum(goods_employees) over (partition by enterprise_id, year order by region_code) as goods_employees_so_far,
        sum(employees) over (partition by enterprise_id, year order by region_code) as employees_so_far,
        sum(workplaces) over (partition by enterprise_id, year order by region_code) as workplaces_so_far,
        goods_employees_in_all,
        employees_in_all,
        workplaces_in_all,
    from regions
    union all
    select
        enterprise_id,
        year,
        first_region,
        goods_employees,
        employees,
        workplaces,
        1,
        goods_employees,
        employees,
        workplaces,
        goods_employees,
        employees,
        workplaces,
    from enterprises
    where first_region = last_region
)

select
    cast(enterprise_id as varchar) as enterprise_id,
    cast(year as bigint) as year,
    cast(region_code as varchar) as region_code,
    cast(goods_employees as bigint) as goods_employees,
    cast(employees as bigint) as employees,
    cast(workplaces as bigint) as workplaces,
    cast(head_offices as bigint) as head_offices,
    cast(goods_employees_so_far as bigint) as goods_employees_so_far,
    cast(employees_so_far as bigint) as employees_so_far,
    cast(workplaces_so_far as bigint) as workplaces_so_far,
    cast(goods_employees_in_all as bigint) as goods_employees_in_all,
    cast(employees_in_all as bigint) as employees_in_all,
    cast(workplaces_in_all as bigint) as workplaces_in_all,
from places
