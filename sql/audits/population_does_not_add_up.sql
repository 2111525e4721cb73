-- The counties' populations add up to the nation's.
-- remedy: Compare the counties of this year with the publisher's table.
-- Where a publisher adds noise to disclose nobody, the sum may miss by as much as the noise of all its parts.
select
    'population' as about,
    '00' as region_code,
    year,
    null as size_class,
    concat(sum(population.population) filter (region_code <> '00'), ' in the counties') as found,
    concat(max(population.population) filter (region_code = '00'), ' in the nation') as expected,
from staging.population
left join ingested.population as raw using (region_code, year)
cross join run.settings as settings
where year between settings.first_year and settings.last_year
group by year
having abs(sum(population.population) filter (region_code <> '00') - max(population.population) filter (region_code = '00')) > coalesce(sum(raw.noise), 0) -- nothing said of noise: exact figures
