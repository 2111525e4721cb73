-- Goods exports by size class, in SEK.
-- grain: region_code, year, size_class
-- The published total over the size classes has a table of its own, so that no sum counts it twice.
select
    cast(region_code as varchar) as region_code,
    cast(year as bigint) as year,
    cast(size_class as varchar) as size_class,
    cast(exports * unit_sek as decimal(20, 2)) as exports_sek,
    cast(exporters as bigint) as exporters,
    cast(exports_status as varchar) as status,
    cast(exporters_status as varchar) as exporters_status,
    cast(series as varchar) as series,
    cast(unit_sek as bigint) as unit_sek,
from ingested.goods_exports
where size_class <> 'total'
