-- Every county has goods exports in every year of the award, for each size class.
-- remedy: Add the rows to the file, correct its region codes, years or size classes, or end the award's years earlier.
-- A year that the file does not have at all is one row.
select distinct
    'goods_exports' as about,
    case when present.year is not null then regions.region_code end as region_code,
    wanted.year,
    case when present.year is not null then classes.size_class end as size_class,
    'no row' as found,
    'a value for every county, year of the award and size class' as expected,
from staging.regions as regions
cross join run.settings as settings
cross join unnest(range(settings.first_year, settings.last_year + 1)) as wanted (year)
cross join unnest(['0-9', '10-49', '50-249', '250+']) as classes (size_class)
left join (select distinct year from staging.goods_exports) as present on present.year = wanted.year
anti join staging.goods_exports as goods
    on goods.region_code = regions.region_code and goods.year = wanted.year and goods.size_class = classes.size_class
-- The nation is a yardstick: welcome, not required.
where regions.region_code <> '00'
