-- Exports and exporters by region, year and size class under each basis, and by what placed them.
-- grain: basis, region_code, year, size_class, placed_by
-- exporters counts an enterprise whole in each of its regions, exporters_once in the first of them alone: the count of the whole.
select
    cast(basis as varchar) as basis,
    cast(region_code as varchar) as region_code,
    cast(year as bigint) as year,
    cast(size_class as varchar) as size_class,
    cast(placed_by as varchar) as placed_by,
    cast(sum(exports_sek) as decimal(20, 2)) as exports_sek,
    cast(sum(exporters) as bigint) as exporters,
    cast(sum(exporters_once) as bigint) as exporters_once,
    cast(sum(exporter_millionths) as bigint) as exporter_millionths,
from microdata.contributions
group by basis, region_code, year, size_class, placed_by
