-- What each enterprise declared in a year.
-- grain: enterprise_id, year
select
    cast(enterprise_id as varchar) as enterprise_id,
    cast(year as bigint) as year,
    cast(sum(value_sek) as decimal(20, 2)) as exports_sek,
from microdata.declarations
group by enterprise_id, year
