-- What each unit declared to each country in a year, and its largest single declaration there.
-- grain: unit_id, year, partner_country
-- An enterprise that the register does not know is a unit of its own.
select
    cast(coalesce(perimeter.unit_id, markets.enterprise_id) as varchar) as unit_id,
    cast(markets.year as bigint) as year,
    cast(markets.partner_country as varchar) as partner_country,
    cast(sum(markets.exports_sek) as decimal(20, 2)) as exports_sek,
    cast(max(markets.largest_declaration_sek) as decimal(20, 2)) as largest_declaration_sek,
from companies.enterprise_markets as markets
left join companies.perimeter as perimeter on markets.enterprise_id = perimeter.enterprise_id
group by coalesce(perimeter.unit_id, markets.enterprise_id), markets.year, markets.partner_country
