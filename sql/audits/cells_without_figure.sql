-- Every export cell holds a figure or a symbol that says why not.
-- remedy: Ask the publisher for the figure or the symbol: ".." withheld, "-" nothing to report.
with cells as (
    select 'goods_exports' as about, region_code, year, size_class, status from staging.goods_exports
    union all
    select 'goods_exports' as about, region_code, year, size_class, exporters_status from staging.goods_exports
    union all
    select 'services_exports' as about, region_code, year, null, status from staging.services_exports
)

select distinct
    about,
    region_code,
    year,
    size_class,
    'an empty cell, or "."' as found,
    'a figure, ".." or "-"' as expected,
from cells
cross join run.settings as settings
where status = 'missing'
    and year between settings.first_year and settings.last_year
