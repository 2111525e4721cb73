-- Services exports in SEK.
-- grain: region_code, year
select
    cast(region_code as varchar) as region_code,
    cast(year as bigint) as year,
    cast(exports * unit_sek as decimal(20, 2)) as exports_sek,
    cast(exports_status as varchar) as status,
    cast(series as varchar) as series,
    cast(unit_sek as bigint) as unit_sek,
from ingested.services_exports
