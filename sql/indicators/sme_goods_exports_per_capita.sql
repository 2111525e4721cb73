-- SMEs' goods exports per inhabitant.
-- grain: region_code, year
select
    cast(region_code as varchar) as region_code,
    cast(year as bigint) as year,
    cast(sme.sme_goods_exports_sek as decimal(20, 2)) as sme_goods_exports_sek,
    cast(inhabitants.population as bigint) as population,
    cast(inhabitants.inhabitants as double) as inhabitants,
    cast(sme.sme_goods_exports_sek / nullif(inhabitants.inhabitants, 0) as double) as sme_goods_exports_per_capita_sek,
from indicators.sme_goods_exports as sme
join indicators.inhabitants as inhabitants using (region_code, year)
