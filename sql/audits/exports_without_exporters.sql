-- No exports without exporters.
-- remedy: Ask the publisher which of the two is right.
select
    'goods_exports' as about,
    region_code,
    year,
    size_class,
    concat(format('{:,}', cast(exports_sek as bigint)), ' SEK and ', exporters, ' exporters') as found,
    'at least one exporter where there are exports' as expected,
from staging.goods_exports
cross join run.settings as settings
where exports_sek > 0
    and exporters = 0
    and year between settings.first_year and settings.last_year
