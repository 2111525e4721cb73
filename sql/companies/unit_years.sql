-- What each unit exported in a year, its largest single declaration, and how much more it exported than the year before.
-- grain: unit_id, year
-- A year without declarations has no row: then nothing was declared, and the year after rises from zero.
with years as (
    select
        unit_id,
        year,
        sum(exports_sek) as exports_sek,
        max(largest_declaration_sek) as largest_declaration_sek,
    from companies.unit_markets
    group by unit_id, year
)

select
    cast(years.unit_id as varchar) as unit_id,
    cast(years.year as bigint) as year,
    cast(years.exports_sek as decimal(20, 2)) as exports_sek,
    cast(years.largest_declaration_sek as decimal(20, 2)) as largest_declaration_sek,
    cast(years.exports_sek - coalesce(before.exports_sek, 0) as decimal(20, 2)) as change_sek,
from years
left join years as before on years.unit_id = before.unit_id and years.year = before.year + 1
