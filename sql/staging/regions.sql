-- The regions that are compared, and the whole they are part of, with their names.
-- grain: region_code
select
    cast(region_code as varchar) as region_code,
    cast(region_name as varchar) as region_name,
    cast(is_whole as boolean) as is_whole,
from ingested.regions
