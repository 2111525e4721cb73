-- Growth of every measure between every pair of years.
-- grain: measure, region_code, base_year, final_year
-- final / base − 1, from unrounded levels. Across two series growth is refused, unless the award accepts the exception that
-- sql/audits/growth_across_series.sql reports; from a base of zero there is no growth to speak of.
with windows as (
    select
        measure,
        region_code,
        base.year as base_year,
        final.year as final_year,
        base.level as base,
        final.level as final,
        case
            when base.level is null then base.status
            when final.level is null then final.status
            when base.series <> final.series and not settings.accepts_growth_across_series then 'series-break'
            when base.level = 0 then 'undefined'
            else final.status
        end as status,
    from indicators.levels_by_year as base
    join indicators.levels_by_year as final using (measure, region_code)
    cross join run.settings as settings
    where base.year < final.year
)

select
    cast(measure as varchar) as measure,
    cast(region_code as varchar) as region_code,
    cast(base_year as bigint) as base_year,
    cast(final_year as bigint) as final_year,
    cast(base as double) as base,
    cast(final as double) as final,
    cast(case when status in ('ok', 'nil') then final / nullif(base, 0) - 1 end as double) as growth_ratio,
    cast(status as varchar) as status,
from windows
