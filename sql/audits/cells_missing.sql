-- Every region has every figure that the award needs, in every year and class.
-- remedy: A recorded file is never edited: `exportregion add` one that has the rows and pin it in the award, or end its years earlier.
-- A year that the file does not have at all is one row. The whole is a yardstick: welcome, not required, unless its statistic says so.
with wanted as (
    select statistic, year from run.years
    union
    select statistic, year - 1 from run.years join catalogue.statistics using (statistic) cross join run.settings
    where is_at_year_end and uses_mean
)

select distinct
    wanted.statistic as about,
    null as quantity,
    case when present.year is not null then regions.region_code end as region_code,
    wanted.year,
    case when present.year is not null then cells.class_code end as class_code,
    'no row' as found,
    'a figure for every region, year of the award and class' as expected,
from wanted
join catalogue.statistics as statistics using (statistic)
join catalogue.cells as cells using (statistic)
cross join staging.regions as regions
left join (select distinct statistic, year from staging.figures) as present using (statistic, year)
anti join staging.figures as figures
    on figures.statistic = wanted.statistic and figures.region_code = regions.region_code
    and figures.year = wanted.year and figures.class_code = cells.class_code
where not cells.is_total
    and not statistics.is_yardstick
    and (statistics.is_whole_required or not regions.is_whole)
