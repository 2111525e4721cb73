-- What each unit exported in a year, its largest single declaration, and how much more it exported than the year before.
-- grain: unit_id, year
-- A year without declarations has no row: then nothing was declared, and the year after rises from zero.
with years as (
    select
        coalesce(perimeter.unit_id, markets.enterprise_id) as unit_id,
        markets.year,
        sum(markets.exports_sek) as exports_sek,
        max(markets.largest_declaration_sek) as largest_declaration_sek,
    from companies.enterprise_markets as markets
    left join companies.perimeter as perimeter on markets.enterprise_id = perimeter.enterprise_id
    group by coalesce(perimeter.unit_id, markets.enterprise_id), markets.year
)

select
    cast(years.unit_id as varchar) as unit_id,
    cast(years.year as bigint) as year,
    cast(years.exports_sek as decimal(20, 2)) as exports_sek,
    cast(years.largest_declaration_sek as decimal(20, 2)) as largest_declaration_sek,
    cast(years.exports_sek - coalesce(before.exports_sek, 0) as decimal(20, 2)) as change_sek,
from years
left join years as before on years.unit_id = before.unit_id and years.year = before.year + 1
