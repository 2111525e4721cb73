-- Exports have the scale of published totals: a wrong unit puts them off by a factor of a thousand.
-- remedy: Check the unit in sources.toml; where nothing is in common, add a published total to published_export_totals.csv.
-- Without a published total to compare with, that is said, not passed over.
with exports as (
    select 'goods' as flow, region_code, year, sum(exports_sek) as exports_sek from staging.goods_exports group by region_code, year
    union all
    select 'services' as flow, region_code, year, exports_sek from staging.services_exports
),

compared as (
    select
        concat(flow, '_exports') as about,
        region_code,
        year,
        exports.exports_sek,
        published.exports_sek as published_sek,
    from exports
    join staging.published_export_totals as published using (flow, region_code, year)
    where exports.exports_sek is not null
)

select
    about,
    region_code,
    year,
    null as size_class,
    concat(cast(exports_sek / 1e6 as bigint), ' million SEK') as found,
    concat('about ', cast(published_sek / 1e6 as bigint), ' million SEK, as published, within a factor of ', settings.largest_published_factor) as expected,
from compared
cross join run.settings as settings
where exports_sek > published_sek * settings.largest_published_factor
    or exports_sek < published_sek / settings.largest_published_factor
union all
select
    flows.about,
    null as region_code,
    null as year,
    null as size_class,
    'no figure for any region and year that has a published total' as found,
    'at least one, to check the unit against' as expected,
from unnest(['goods_exports', 'services_exports']) as flows (about)
anti join compared using (about)
