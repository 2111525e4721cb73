-- No export value jumps from one year to the next beyond the factor that the award states.
-- remedy: Ask the publisher; if the jump is real, accept the exception in the award with its reason.
with cells as (
    select 'goods_exports' as about, region_code, year, size_class, exports_sek from staging.goods_exports
    union all
    select 'services_exports' as about, region_code, year, null, exports_sek from staging.services_exports
),

jumps as (
    select
        about,
        region_code,
        year,
        size_class,
        exports_sek,
        lag(exports_sek) over (partition by about, region_code, size_class order by year) as before_sek,
    from cells
)

select
    about,
    region_code,
    year,
    size_class,
    concat(format('{:,}', cast(exports_sek as bigint)), ' SEK, after ', format('{:,}', cast(before_sek as bigint)), ' SEK the year before') as found,
    concat('a change within a factor of ', settings.largest_yearly_factor) as expected,
from jumps
cross join run.settings as settings
where year > settings.first_year
    and year <= settings.last_year
    and before_sek > 0
    and exports_sek > 0
    and greatest(exports_sek / before_sek, before_sek / exports_sek) > settings.largest_yearly_factor
