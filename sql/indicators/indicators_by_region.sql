-- The award's indicators: each measure taken as level, growth, change or trend, in the years that the award says.
-- grain: indicator, region_code
-- Growth from zero is undefined; a change from zero is not. A change is a difference: a per cent of few misleads.
select
    cast(chosen.indicator as varchar) as indicator,
    cast(levels.region_code as varchar) as region_code,
    cast(chosen.base_year as bigint) as base_year,
    cast(chosen.final_year as bigint) as final_year,
    cast(windows.base as double) as base,
    cast(if(chosen.taken = 'level', null, windows.final) as double) as final,
    cast(
        case
            when chosen.taken = 'level' then levels.level
            when chosen.taken = 'growth' then windows.growth_ratio
            when chosen.estimator = 'log-linear' then trends.log_linear_ratio
            when chosen.estimator = 'theil-sen' then trends.theil_sen_ratio
            when windows.status in ('ok', 'nil', 'undefined') then windows.final - windows.base
        end as double
    ) as indicator_value,
    cast(
        case
            when chosen.taken = 'level' then levels.status
            when chosen.taken = 'trend' then trends.status
            when chosen.taken = 'change' and windows.status = 'undefined' and windows.base = 0 then 'ok'
            else windows.status
        end as varchar
    ) as status,
from run.indicators as chosen
join indicators.levels_by_year as levels on levels.measure = chosen.measure and levels.year = chosen.final_year
left join indicators.growth_by_window as windows
    on windows.measure = chosen.measure and windows.region_code = levels.region_code
    and windows.base_year = chosen.base_year and windows.final_year = chosen.final_year
left join indicators.trend_by_window as trends
    on trends.measure = chosen.measure and trends.region_code = levels.region_code
    and trends.base_year = chosen.base_year and trends.final_year = chosen.final_year
