-- What each enterprise exported of each commodity that its group imported, in the years whose exports may be imports sold on.
-- grain: enterprise_id, year, commodity_code
select
    cast(declarations.enterprise_id as varchar) as enterprise_id,
    cast(declarations.year as bigint) as year,
    cast(importers.commodity_code as varchar) as commodity_code,
    cast(sum(declarations.value_sek) as decimal(20, 2)) as exports_sek,
from microdata.declarations as declarations
cross join companies.settings as settings
inner join companies.importers as importers
    on declarations.enterprise_id = importers.enterprise_id
    and substring(declarations.commodity_code, 1, settings.reexport_digits) = importers.commodity_code
where declarations.year in (select windows.final_year from companies.windows as windows where windows.for_table = 'reexports')
group by declarations.enterprise_id, declarations.year, importers.commodity_code
