-- Services exports have the scale of published totals: a wrong unit puts them off by a factor of a thousand.
-- remedy: Check the unit in sources.toml: SEK, thousand SEK or million SEK.
-- Without a published total to compare with, that is said, not passed over.
with sums as (
    select
        region_code,
        year,
        sum(exports_sek) as exports_sek,
    from staging.services_exports
    group by region_code, year
),

compared as (
    select
        region_code,
        year,
        sums.exports_sek,
        published.exports_sek as published_sek,
    from sums
    join staging.published_export_totals as published using (region_code, year)
    where published.flow = 'services'
)

select
    'services_exports' as about,
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
    'services_exports' as about,
    null as region_code,
    null as year,
    null as size_class,
    'no region and year in common with the published totals' as found,
    'at least one, to check the unit against' as expected,
where not exists (from compared)
