-- Every county has services exports in every year of the award.
-- remedy: Add the rows to the file, correct its region codes or years, or end the award's years earlier.
-- A year that the file does not have at all is one row.
select distinct
    'services_exports' as about,
    case when present.year is not null then regions.region_code end as region_code,
    wanted.year,
    null as size_class,
    'no row' as found,
    'a value for every county and year of the award' as expected,
from staging.regions as regions
cross join run.settings as settings
cross join unnest(range(settings.first_year, settings.last_year + 1)) as wanted (year)
left join (select distinct year from staging.services_exports) as present on present.year = wanted.year
anti join staging.services_exports as services on services.region_code = regions.region_code and services.year = wanted.year
-- The nation is a yardstick: welcome, not required.
where regions.region_code <> '00'
