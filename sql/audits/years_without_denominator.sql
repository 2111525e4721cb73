-- Every year of the award that a file has can be divided by what the award's indicators are divided by.
-- remedy: Bring the dividing statistic up to these years (`exportregion fetch`), and pin its vintages in the award.
select distinct
    below.statistic as about,
    null as quantity,
    null as region_code,
    above.year,
    null as class_code,
    concat(above.statistic, ' without ', below.statistic) as found,
    concat('years of ', below.statistic, ' and ', above.statistic, ' that match') as expected,
from catalogue.measures as measures
semi join run.indicators as taken using (measure)
join run.measure_cells as top on top.measure = measures.above
join run.measure_cells as below on below.measure = measures.below
join run.years as years on years.statistic = top.statistic
join staging.figures as above on above.statistic = top.statistic and above.year = years.year
anti join staging.figures as there on there.statistic = below.statistic and there.year = above.year
