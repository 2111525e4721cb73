-- Growth in SMEs' goods exports per inhabitant over the award's window.
-- grain: region_code
select
    cast(region_code as varchar) as region_code,
    cast(base_year as bigint) as base_year,
    cast(final_year as bigint) as final_year,
    cast(base as double) as base,
    cast(final as double) as final,
    cast(growth_ratio as double) as sme_goods_exports_per_capita_growth,
    cast(status as varchar) as status,
from indicators.growth_by_window
join run.settings as settings using (base_year, final_year)
where indicator = 'sme_goods_exports_per_capita'
