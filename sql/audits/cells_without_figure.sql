-- Every export cell holds a figure or a symbol that says why not.
-- remedy: Ask the publisher for the figure or the symbol: ".." withheld, "-" nothing to report.
with cells as (
    select 'goods_exports' as about, region_code, year, size_class, 'exports' as measure, status from staging.goods_exports
    union all
    select 'goods_exports' as about, region_code, year, size_class, 'exporters' as measure, exporters_status from staging.goods_exports
    union all
    select 'goods_exports' as about, region_code, year, 'total', 'exports' as measure, status from staging.goods_exports_totals
    union all
    select 'goods_exports' as about, region_code, year, 'total', 'exporters' as measure, exporters_status from staging.goods_exports_totals
    union all
    select 'services_exports' as about, region_code, year, null, 'exports' as measure, status from staging.services_exports
)

select
    about,
    region_code,
    year,
    size_class,
    concat('no ', measure, ': an empty cell, an error of Excel, or "."') as found,
    'a figure, ".." or "-"' as expected,
    measure,
from cells
cross join run.settings as settings
where status = 'missing'
    and year between settings.first_year and settings.last_year
