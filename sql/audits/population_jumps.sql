-- No population jumps from one year to the next beyond the factor that the award states.
-- remedy: Compare with the publisher's table; if the jump is real, accept the exception in the award with its reason.
with jumps as (
    select
        region_code,
        year,
        population,
        lag(population) over (partition by region_code order by year) as before,
    from staging.population
)

select
    'population' as about,
    region_code,
    year,
    null as size_class,
    concat(population, ' inhabitants, after ', before, ' the year before') as found,
    concat('a change within a factor of ', settings.largest_population_factor) as expected,
from jumps
cross join run.settings as settings
where year > settings.first_year
    and year <= settings.last_year
    and greatest(population / before, before / population) > settings.largest_population_factor
