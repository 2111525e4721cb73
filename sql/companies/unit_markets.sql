-- What each unit declared to each country in a year, and its largest single declaration there.
-- grain: unit_id, year, partner_country
-- An enterprise that the register does not know is a unit of its own. Rows of units of one enterprise add up already.
with sold as (
    select
        coalesce(perimeter.unit_id, markets.enterprise_id) as unit_id,
        coalesce(perimeter.is_alone, false) as is_alone,
        markets.year,
        markets.partner_country,
        markets.exports_sek,
        markets.largest_declaration_sek,
    from companies.enterprise_markets as markets
    left join companies.perimeter as perimeter on markets.enterprise_id = perimeter.enterprise_id
)

select
    cast(unit_id as varchar) as unit_id,
    cast(year as bigint) as year,
    cast(partner_country as varchar) as partner_country,
    cast(exports_sek as decimal(20, 2)) as exports_sek,
    cast(largest_declaration_sek as decimal(20, 2)) as largest_declaration_sek,
from sold
where is_alone
union all
select
    cast(unit_id as varchar) as unit_id,
    cast(year as bigint) as year,
    cast(partner_country as varchar) as partner_country,
    cast(sum(exports_sek) as decimal(20, 2)) as exports_sek,
    cast(max(largest_declaration_sek) as decimal(20, 2)) as largest_declaration_sek,
from sold
where not is_alone
group by unit_id, year, partner_country
