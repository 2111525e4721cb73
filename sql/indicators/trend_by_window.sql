-- Trend of every measure that the award takes as growth or trend, over all years of that indicator's window, by each estimator.
-- grain: measure, region_code, base_year, final_year
-- A trend is a yearly growth in logarithms: the least-squares slope, or the median over every pair of years (Theil–Sen). It is
-- stated as the growth over the window that it amounts to, so that it compares with growth between two years. It is refused
-- as growth is: where a year is unknown, where the series breaks, and at a level of zero, which has no logarithm.
with windows as (
    select distinct
        measure,
        base_year,
        final_year,
    from run.indicators
    where taken in ('growth', 'trend')
),

years as (
    select
        measure,
        levels.region_code,
        windows.base_year,
        windows.final_year,
        arg_min(levels.status, levels.year) filter (levels.level is null) as unknown,
        count(*) < windows.final_year - windows.base_year + 1 as lacks_a_year,
        count(distinct levels.series) > 1 as breaks,
        bool_or(levels.level = 0) as has_zero,
        regr_slope(ln(nullif(levels.level, 0)), levels.year order by levels.year) as least_squares,
    from windows
    join indicators.levels_by_year as levels using (measure)
    where levels.year between windows.base_year and windows.final_year
    group by measure, levels.region_code, windows.base_year, windows.final_year
),

pairs as (
    select
        measure,
        pairs.region_code,
        windows.base_year,
        windows.final_year,
        median(ln(nullif(pairs.final, 0) / nullif(pairs.base, 0)) / nullif(pairs.final_year - pairs.base_year, 0)) as theil_sen,
    from windows
    join indicators.growth_by_window as pairs using (measure)
    where pairs.base_year >= windows.base_year and pairs.final_year <= windows.final_year
    group by measure, pairs.region_code, windows.base_year, windows.final_year
),

slopes as (
    select
        years.*,
        pairs.theil_sen,
        case
            when years.unknown is not null then years.unknown
            when years.lacks_a_year then 'missing'
            when years.breaks and not settings.accepts_growth_across_series then 'series-break'
            when years.has_zero then 'undefined'
            else 'ok'
        end as status,
    from years
    left join pairs using (measure, region_code, base_year, final_year)
    cross join run.settings as settings
)

select
    cast(measure as varchar) as measure,
    cast(region_code as varchar) as region_code,
    cast(base_year as bigint) as base_year,
    cast(final_year as bigint) as final_year,
    cast(if(status = 'ok', exp(least_squares * (final_year - base_year)) - 1, null) as double) as log_linear_ratio,
    cast(if(status = 'ok', exp(theil_sen * (final_year - base_year)) - 1, null) as double) as theil_sen_ratio,
    cast(status as varchar) as status,
from slopes
