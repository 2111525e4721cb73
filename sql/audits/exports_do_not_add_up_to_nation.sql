-- The counties' exports add up to the nation's: goods in each size class and in all, and services.
-- remedy: Compare these cells with the publisher's table. Values placed in no county: accept the exception in the award.
-- Each cell may be off by half its unit. With a cell unknown, the known ones may not exceed the nation.
with cells as (
    select 'goods_exports' as about, region_code, year, size_class, exports_sek, unit_sek from staging.goods_exports
    union all
    select 'goods_exports' as about, region_code, year, 'total', exports_sek, unit_sek from staging.goods_exports_totals
    union all
    select 'services_exports' as about, region_code, year, null, exports_sek, unit_sek from staging.services_exports
),

sums as (
    select
        about,
        year,
        size_class,
        sum(exports_sek) filter (region_code <> '00') as counties_sek,
        max(exports_sek) filter (region_code = '00') as nation_sek,
        count(*) filter (region_code <> '00' and exports_sek is null) as unknown,
        count(*) * max(unit_sek) / 2 as tolerance_sek,
    from cells
    group by about, year, size_class
)

select
    about,
    '00' as region_code,
    year,
    size_class,
    concat(format('{:,}', cast(counties_sek as bigint)), ' SEK in the counties', if(unknown > 0, concat(', ', unknown, ' unknown'), '')) as found,
    concat(if(unknown > 0, 'at most ', ''), format('{:,}', cast(nation_sek as bigint)), ' SEK in the nation') as expected,
from sums
cross join run.settings as settings
where year between settings.first_year and settings.last_year
    and (counties_sek > nation_sek + tolerance_sek or (unknown = 0 and counties_sek < nation_sek - tolerance_sek))
