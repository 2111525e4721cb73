-- Inhabitants that values are divided by.
-- grain: region_code, year
-- At the year's end, as fits the published figures; or the mean of this and the last year's end, if the award says so.
select
    cast(population.region_code as varchar) as region_code,
    cast(population.year as bigint) as year,
    cast(population.population as bigint) as population,
    cast(if(settings.uses_mean_population, (population.population + before.population) / 2, population.population) as double) as inhabitants,
from staging.population as population
cross join run.settings as settings
left join staging.population as before on before.region_code = population.region_code and before.year = population.year - 1
where population.year between settings.first_year and settings.last_year
