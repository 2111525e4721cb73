-- What each enterprise declared to each country in a year, and its largest single declaration there.
-- grain: enterprise_id, year, partner_country
select
    cast(enterprise_id as varchar) as enterprise_id,
    cast(year as bigint) as year,
    cast(partner_country as varchar) as partner_country,
    cast(sum(value_sek) as decimal(20, 2)) as exports_sek,
    cast(max(value_sek) as decimal(20, 2)) as largest_declaration_sek,
from microdata.declarations
cross join companies.settings as settings
where year <= settings.last_year
group by enterprise_id, year, partner_country
