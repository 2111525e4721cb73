-- The years that an indicator is taken from lie within the years of its files.
-- remedy: Choose other years in the award file, or `exportregion add` a file that has the year and pin it there.
select
    figures.statistic as about,
    null as quantity,
    null as region_code,
    ends.year,
    null as class_code,
    'no figure in this year of the window' as found,
    concat('years ', min(figures.year), '–', max(figures.year)) as expected,
from (
    select indicator, base_year as year from run.indicators where base_year is not null
    union
    select indicator, final_year from run.indicators
) as ends
join run.indicator_cells as needed using (indicator)
join staging.figures as figures using (statistic)
group by figures.statistic, ends.year
having not bool_or(figures.year = ends.year)
