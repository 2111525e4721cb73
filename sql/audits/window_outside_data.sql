-- The award's window lies within the years of the export files.
-- remedy: Choose another window in the award file, or add the years to the export files.
select
    'goods_exports' as about,
    null as region_code,
    ends.year,
    null as size_class,
    'no exports in this year of the window' as found,
    concat('years ', min(exports.year), '–', max(exports.year)) as expected,
from run.settings as settings
cross join unnest([settings.base_year, settings.final_year]) as ends (year)
cross join staging.goods_exports as exports
group by ends.year
having not bool_or(exports.year = ends.year)
