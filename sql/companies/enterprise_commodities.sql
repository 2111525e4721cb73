-- What each enterprise exported of each commodity that somebody imported, in the years whose exports may be imports sold on.
-- grain: enterprise_id, year, commodity_code
select
    cast(enterprise_id as varchar) as enterprise_id,
    cast(year as bigint) as year,
    cast(substring(commodity_code, 1, settings.reexport_digits) as varchar) as commodity_code,
    cast(sum(value_sek) as decimal(20, 2)) as exports_sek,
from microdata.declarations
cross join companies.settings as settings
where
    year in (select windows.final_year from companies.windows as windows where windows.for_table = 'reexports')
    and substring(commodity_code, 1, settings.reexport_digits) in (select imports.commodity_code from companies.enterprise_imports as imports)
group by enterprise_id, year, substring(commodity_code, 1, settings.reexport_digits)
