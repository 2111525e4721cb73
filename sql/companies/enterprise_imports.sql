-- What each enterprise imported of each commodity in the years whose exports may be imports sold on.
-- grain: enterprise_id, year, commodity_code
select
    cast(enterprise_id as varchar) as enterprise_id,
    cast(year as bigint) as year,
    cast(substring(commodity_code, 1, settings.reexport_digits) as varchar) as commodity_code,
    cast(sum(value_sek) as decimal(20, 2)) as imports_sek,
from microdata.imports
cross join companies.settings as settings
where year in (select windows.final_year from companies.windows as windows where windows.for_table = 'reexports')
group by enterprise_id, year, substring(commodity_code, 1, settings.reexport_digits)
