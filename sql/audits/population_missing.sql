-- Every region has a population in every year of the award, and in the year before if means of two year-ends are used.
-- remedy: Add the rows to the file, correct its region codes or years, or pin a vintage in the award that has them.
select
    'population' as about,
    regions.region_code,
    wanted.year,
    null as size_class,
    'no row' as found,
    'a population for every region and year of the award' as expected,
from staging.regions as regions
cross join run.settings as settings
cross join unnest(range(settings.first_year - cast(settings.uses_mean_population as bigint), settings.last_year + 1)) as wanted (year)
anti join staging.population as population using (region_code, year)
