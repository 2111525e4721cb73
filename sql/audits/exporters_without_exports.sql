-- No exporters without exports.
-- remedy: Ask the publisher which of the two is right.
select
    'goods_exports' as about,
    region_code,
    year,
    size_class,
    concat(exporters, ' exporters and ', format('{:,}', cast(exports_sek as bigint)), ' SEK') as found,
    'exports where there are exporters' as expected,
from staging.goods_exports
cross join run.settings as settings
where exporters > 0
    and exports_sek = 0
    and year between settings.first_year and settings.last_year
