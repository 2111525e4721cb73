-- Growth of every measure between every pair of the award's years.
-- grain: indicator, region_code, base_year, final_year
-- final / base − 1, from unrounded levels. From a base of zero there is no growth to speak of; across two series it is refused,
-- unless the award accepts the exception that sql/audits/growth_across_series.sql reports.
with windows as (
    select
        indicator,
        region_code,
        base.year as base_year,
        final.year as final_year,
        base.level as base,
        final.level as final,
        case
            when base.level is null then base.status
            when final.level is null then final.status
            when base.level = 0 then 'undefined'
            when base.series <> final.series and not settings.accepts_growth_across_series then 'series-break'
            else final.status
        end as status,
    from indicators.levels_by_year as base
    join indicators.levels_by_year as final using (indicator, region_code)
    cross join run.settings as settings
    where base.year < final.year
)

select
    cast(indicator as varchar) as indicator,
    cast(region_code as varchar) as region_code,
    cast(base_year as bigint) as base_year,
    cast(final_year as bigint) as final_year,
    cast(base as double) as base,
    cast(final as double) as final,
    cast(case when status in ('ok', 'nil') then final / nullif(base, 0) - 1 end as double) as growth_ratio,
    cast(status as varchar) as status,
from windows
