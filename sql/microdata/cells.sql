-- Every figure that may be published, under each basis: lines by size class, with the sums over both.
-- grain: basis, line, year, size_class
-- A line is a region, whole (all that is placed in regions), unallocated, or, in total alone: declared, matched (the register knows the
-- enterprise) and each way in which values were placed. Only a region's exporters are not additive: there an enterprise counts whole.
with lines as (
    select
        leaf.basis,
        case kinds.kind
            when 'region' then leaf.region_code
            when 'way' then leaf.placed_by
            else kinds.kind
        end as line,
        kinds.kind,
        leaf.year,
        leaf.size_class,
        leaf.exports_sek,
        case when kinds.kind = 'region' then leaf.exporters else leaf.exporters_once end as exporters,
        leaf.exporter_millionths,
    from microdata.leaf_cells as leaf
    cross join (values ('region'), ('whole'), ('declared'), ('matched'), ('way')) as kinds (kind)
    where not (kinds.kind = 'whole' and leaf.region_code = 'unallocated')
        and not (kinds.kind = 'matched' and leaf.size_class = 'unknown')
),

margins as (
    select
        lines.basis,
        lines.line,
        lines.year,
        sums.sum as size_class,
        lines.exports_sek,
        lines.exporters,
        lines.exporter_millionths,
    from lines
    inner join microdata.size_sums as sums on lines.size_class = sums.size_class
    where sums.sum = 'total'
        or (lines.kind in ('region', 'whole') and (lines.line <> 'unallocated' or sums.sum = lines.size_class))
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
