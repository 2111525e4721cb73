-- SMEs' goods exports per exporting SME in the window's final year, in SEK.
-- grain: region_code
select
    cast(region_code as varchar) as region_code,
    cast(settings.final_year as bigint) as final_year,
    cast(sme.sme_goods_exports_sek as decimal(20, 2)) as sme_goods_exports_sek,
    cast(sme.sme_goods_exporters as bigint) as sme_goods_exporters,
    cast(levels.level as double) as sme_goods_exports_per_exporter,
    cast(levels.status as varchar) as status,
from indicators.levels_by_year as levels
join run.settings as settings on levels.year = settings.final_year
left join indicators.sme_goods_exports as sme using (region_code, year)
where levels.indicator = 'sme_goods_exports_per_exporter'
