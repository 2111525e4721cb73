-- Inhabitants on 31 December. Year-end population fits every published per-inhabitant figure that can be tested.
-- grain: region_code, year
select
    cast(region_code as varchar) as region_code,
    cast(year as bigint) as year,
    cast(population as bigint) as population,
from ingested.population
