-- Published totals in SEK, against which the scale of the export files is checked.
-- grain: flow, region_code, year
select
    cast(flow as varchar) as flow,
    cast(region_code as varchar) as region_code,
    cast(year as bigint) as year,
    cast(exports * unit_sek as decimal(20, 2)) as exports_sek,
from ingested.published_export_totals
