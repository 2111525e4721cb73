-- The nation has at least as many exporters as any county, and at most as many as all counties together.
-- remedy: Check how the publisher counts: an enterprise counts once in the nation, and once in each county where it produces.
with counts as (
    select
        year,
        size_class,
        sum(exporters) filter (region_code <> '00') as counties,
        max(exporters) filter (region_code <> '00') as largest,
        max(exporters) filter (region_code = '00') as nation,
        count(*) filter (region_code <> '00' and exporters is null) as unknown,
    from staging.goods_exports
    group by year, size_class
)

select
    'goods_exports' as about,
    '00' as region_code,
    year,
    size_class,
    concat(nation, ' exporters in the nation') as found,
    concat('between ', largest, ' (the largest county) and ', counties, ' (all counties)') as expected,
from counts
cross join run.settings as settings
where year between settings.first_year and settings.last_year
    and (nation < largest or (unknown = 0 and nation > counties))
