-- Every county has goods exports in every year of the award, for each size class.
-- remedy: Add the rows to the file, correct its region codes, years or size classes, or end the award's years earlier.
select
    'goods_exports' as about,
    regions.region_code,
    wanted.year,
    classes.size_class,
    'no row' as found,
    'a value for every county, year of the award and size class' as expected,
from staging.regions as regions
cross join run.settings as settings
cross join unnest(range(settings.first_year, settings.last_year + 1)) as wanted (year)
cross join unnest(['0-9', '10-49', '50-249', '250+']) as classes (size_class)
anti join staging.goods_exports as goods using (region_code, year, size_class)
-- The nation is a yardstick: welcome, not required.
where regions.region_code <> '00'
