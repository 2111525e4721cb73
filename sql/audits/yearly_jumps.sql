-- No export value, and no county's number of exporters, jumps from one year to the next beyond the factor that the award states.
-- remedy: Ask the publisher; if the jump is real, accept the exception in the award with its reason.
-- A fall to zero is the largest of falls. A rise from zero is not questioned: growth from there is undefined anyway.
with cells as (
    select 'goods_exports' as about, 'SEK' as unit, region_code, year, size_class, exports_sek as level from staging.goods_exports
    union all
    select 'services_exports' as about, 'SEK' as unit, region_code, year, null, exports_sek from staging.services_exports
    union all
    select 'goods_exports' as about, 'exporters' as unit, region_code, year, 'total', if(count(exporters) = 4, sum(exporters), null)
    from staging.goods_exports
    group by region_code, year
),

jumps as (
    select
        about,
        unit,
        region_code,
        year,
        size_class,
        level,
        lag(level) over (partition by about, unit, region_code, size_class order by year) as before,
    from cells
)

select
    about,
    region_code,
    year,
    size_class,
    concat(format('{:,}', cast(level as bigint)), ' ', unit, ', after ', format('{:,}', cast(before as bigint)), ' the year before') as found,
    concat('a change within a factor of ', settings.largest_yearly_factor) as expected,
from jumps
cross join run.settings as settings
where year > settings.first_year
    and year <= settings.last_year
    and before > 0
    and (level > before * settings.largest_yearly_factor or level < before / settings.largest_yearly_factor)
