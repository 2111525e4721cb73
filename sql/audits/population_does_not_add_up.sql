-- The counties' populations add up to the nation's.
-- remedy: Compare the counties of this year with the publisher's table.
select
    'population' as about,
    '00' as region_code,
    year,
    null as size_class,
    concat(sum(population) filter (region_code <> '00'), ' in the counties') as found,
    concat(max(population) filter (region_code = '00'), ' in the nation') as expected,
from staging.population
cross join run.settings as settings
where year between settings.first_year and settings.last_year
group by year
having sum(population) filter (region_code <> '00') <> max(population) filter (region_code = '00')
