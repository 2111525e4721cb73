-- SMEs' goods exports per inhabitant.
-- grain: region_code, year
-- Year-end population, as in the published figures.
select
    cast(region_code as varchar) as region_code,
    cast(year as bigint) as year,
    cast(sme.sme_goods_exports_sek as decimal(20, 2)) as sme_goods_exports_sek,
    cast(population.population as bigint) as population,
    cast(sme.sme_goods_exports_sek / nullif(population.population, 0) as double) as sme_goods_exports_per_capita_sek,
from indicators.sme_goods_exports as sme
join staging.population as population using (region_code, year)
