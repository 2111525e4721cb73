-- No growth and no change joins two series: two bases of allocation, size-class definitions or thresholds.
-- remedy: Choose a window within one series, or accept the exception in the award with the reason why the two can be compared.
select
    base.statistic as about,
    null as quantity,
    case when count(distinct base.region_code) = 1 then min(base.region_code) end as region_code,
    final.year,
    null as class_code,
    concat('the series ', base.series, ' in ', base.year, ' and ', final.series, ' in ', final.year) as found,
    'one series over the window' as expected,
from run.indicators as chosen
join run.indicator_cells as needed using (indicator)
join staging.figures as base
    on base.statistic = needed.statistic and base.quantity = needed.quantity and base.class_code = needed.class_code
    and base.year = chosen.base_year
join staging.figures as final
    on final.statistic = base.statistic and final.quantity = base.quantity and final.class_code = base.class_code
    and final.region_code = base.region_code and final.year = chosen.final_year
where base.series <> final.series
group by base.statistic, base.series, base.year, final.series, final.year
