-- Every figure that may be published, under each basis: lines by size class, with the sums over both.
-- grain: basis, line, year, size_class
-- A line is a county, 00 (all that is placed in counties), unallocated, or, in total alone: declared, matched (the register knows the
-- enterprise) and each way in which values were placed. Only a county's exporters are not additive: there an enterprise counts whole.
with lines as (
    select basis, region_code as line, year, size_class, exports_sek, exporters, exporter_millionths from microdata.leaf_cells
    union all
    select basis, '00', year, size_class, exports_sek, exporters_once, exporter_millionths from microdata.leaf_cells
    where region_code <> 'unallocated'
    union all
    select basis, 'declared', year, size_class, exports_sek, exporters_once, exporter_millionths from microdata.leaf_cells
    union all
    select basis, 'matched', year, size_class, exports_sek, exporters_once, exporter_millionths from microdata.leaf_cells
    where size_class <> 'unknown'
    union all
    select basis, placed_by, year, size_class, exports_sek, exporters_once, exporter_millionths from microdata.leaf_cells
),

margins as (
    select basis, line, year, size_class, exports_sek, exporters, exporter_millionths from lines
    where length(line) = 2 or line = 'unallocated'
    union all
    select basis, line, year, 'sme', exports_sek, exporters, exporter_millionths from lines
    where length(line) = 2 and size_class in ('0-9', '10-49', '50-249')
    union all
    select basis, line, year, 'total', exports_sek, exporters, exporter_millionths from lines
)

select
    cast(basis as varchar) as basis,
    cast(line as varchar) as line,
    cast(year as bigint) as year,
    cast(size_class as varchar) as size_class,
    cast(sum(exports_sek) as decimal(20, 2)) as exports_sek,
    cast(sum(exporters) as bigint) as exporters,
    cast(sum(exporter_millionths) as bigint) as exporter_millionths,
from margins
group by basis, line, year, size_class
