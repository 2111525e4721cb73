-- Counties and the nation, with their Swedish names.
-- grain: region_code
select
    cast(region_code as varchar) as region_code,
    cast(region_name as varchar) as region_name,
from ingested.regions
