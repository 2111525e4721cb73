-- What each enterprise brings to each region under each basis, to the hundredth of a unit: the parts of an enterprise add up to what it declared.
-- grain: basis, enterprise_id, year, region_code
-- A region gets the whole's share of the regions up to it, rounded down, less that of those before it. Shares for counting are
-- millionths of an enterprise, divided likewise. Amounts of 18 digits are whole numbers to the engines. Where nothing says where or what an enterprise is, its value is unallocated.
with placed as (
    select
        bases.basis,
        enterprises.enterprise_id,
        enterprises.year,
        coalesce(places.region_code, 'unallocated') as region_code,
        enterprises.group_id,
        enterprises.size_class,
        enterprises.is_exporter,
        cast(cast(enterprises.exports_sek as decimal(18, 2)) * 100 as bigint) as hundredths,
        case
            when enterprises.size_class = 'unknown' then 'not in the register'
            when places.region_code is null then 'no workplace'
            when bases.basis = 'head-office' then 'head office'
            when bases.basis = 'production-place' and places.goods_employees_in_all > 0 then 'goods-producing workplaces'
            when places.employees_in_all > 0 then 'all workplaces'
            else 'workplaces without employees'
        end as placed_by,
        places.goods_employees,
        places.employees,
        places.workplaces,
        places.head_offices,
        places.goods_employees_so_far,
        places.employees_so_far,
        places.workplaces_so_far,
        places.goods_employees_in_all,
        places.employees_in_all,
        places.workplaces_in_all,
    from microdata.exporting_enterprises as enterprises
    left join microdata.enterprise_places as places
        on enterprises.enterprise_id = places.enterprise_id
        and enterprises.year = places.year
    cross join microdata.allocation_bases as bases
),

weighed as (
    select
        basis,
        enterprise_id,
        year,
        region_code,
        group_id,
        size_class,
        is_exporter,
        hundredths,
        placed_by,
        case placed_by
            when 'goods-producing workplaces' then goods_employees
            when 'all workplaces' then employees
            when 'workplaces without employees' then workplaces
            when 'head office' then head_offices
            else 1
        end as weight,
        case placed_by
            when 'goods-producing workplaces' then goods_employees_so_far
            when 'all workplaces' then employees_so_far
            when 'workplaces without employees' then workplaces_so_far
            else 1
        end as weight_so_far,
        case placed_by
            when 'goods-producing workplaces' then goods_employees_in_all
            when 'all workplaces' then employees_in_all
            when 'workplaces without employees' then workplaces_in_all
            else 1
        end as weight_in_all,
    from placed
),

divided as (
    select
        *,
        hundredths // weight_in_all * weight
            + (hundredths % weight_in_all * weight_so_far) // weight_in_all
            - (hundredths % weight_in_all * (weight_so_far - weight)) // weight_in_all as own_hundredths,
        (1000000 * weight_so_far) // weight_in_all - (1000000 * (weight_so_far - weight)) // weight_in_all as own_millionths,
    from weighed
    where weight > 0
)

select
    cast(basis as varchar) as basis,
    cast(enterprise_id as varchar) as enterprise_id,
    cast(year as bigint) as year,
    cast(region_code as varchar) as region_code,
    cast(group_id as varchar) as group_id,
    cast(size_class as varchar) as size_class,
    cast(placed_by as varchar) as placed_by,
    cast(cast(own_hundredths as decimal(18, 0)) * cast('0.01' as decimal(3, 2)) as decimal(20, 2)) as exports_sek,
    cast(case when is_exporter then 1 else 0 end as bigint) as exporters,
    cast(case when is_exporter and weight_so_far = weight then 1 else 0 end as bigint) as exporters_once,
    cast(case when is_exporter then own_millionths else 0 end as bigint) as exporter_millionths,
from divided
