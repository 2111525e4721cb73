-- Goods-exporting SMEs per 100 000 inhabitants in the window's final year.
-- grain: region_code
select
    cast(region_code as varchar) as region_code,
    cast(settings.final_year as bigint) as final_year,
    cast(sme.sme_goods_exporters as bigint) as sme_goods_exporters,
    cast(inhabitants.inhabitants as double) as inhabitants,
    cast(levels.level as double) as sme_goods_exporters_per_100k,
    cast(levels.status as varchar) as status,
from indicators.levels_by_year as levels
join run.settings as settings on levels.year = settings.final_year
join indicators.inhabitants as inhabitants using (region_code, year)
left join indicators.sme_goods_exports as sme using (region_code, year)
where levels.indicator = 'sme_goods_exporters_per_100k'
