-- Where an enterprise is: the employees and workplaces it has in a region, in the regions up to it, and in all.
-- grain: enterprise_id, year, region_code
-- The head office is the workplace in the head offices' industry, else the largest; of two alike the first by its identifier.
with workplaces as (
    select
        establishments.enterprise_id,
        establishments.year,
        establishments.region_code,
        establishments.employees,
        case when divisions.division is null then 0 else establishments.employees end as goods_employees,
        row_number() over (
            partition by establishments.enterprise_id, establishments.year
            order by
                case when starts_with(establishments.industry_code, settings.head_office_industry) then 0 else 1 end,
                establishments.employees desc,
                establishments.establishment_id
        ) as head_office_order,
    from microdata.establishments as establishments
    cross join microdata.settings as settings
    left join microdata.goods_producing_divisions as divisions on substring(establishments.industry_code, 1, 2) = divisions.division
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
    from workplaces
    group by enterprise_id, year, region_code
)

select
    cast(enterprise_id as varchar) as enterprise_id,
    cast(year as bigint) as year,
    cast(region_code as varchar) as region_code,
    cast(goods_employees as bigint) as goods_employees,
    cast(employees as bigint) as employees,
    cast(workplaces as bigint) as workplaces,
    cast(head_offices as bigint) as head_offices,
    cast(sum(goods_employees) over (partition by enterprise_id, year order by region_code) as bigint) as goods_employees_so_far,
    cast(sum(employees) over (partition by enterprise_id, year order by region_code) as bigint) as employees_so_far,
    cast(sum(workplaces) over (partition by enterprise_id, year order by region_code) as bigint) as workplaces_so_far,
    cast(sum(goods_employees) over (partition by enterprise_id, year) as bigint) as goods_employees_in_all,
    cast(sum(employees) over (partition by enterprise_id, year) as bigint) as employees_in_all,
    cast(sum(workplaces) over (partition by enterprise_id, year) as bigint) as workplaces_in_all,
from regions
