-- What each enterprise declared of each group of goods in the years that are compared, and how much of it, where every declaration says so.
-- grain: enterprise_id, year, commodity_group
select
    cast(enterprise_id as varchar) as enterprise_id,
    cast(year as bigint) as year,
    cast(substring(commodity_code, 1, settings.commodity_digits) as varchar) as commodity_group,
    cast(sum(value_sek) as decimal(20, 2)) as exports_sek,
    cast(case when count(quantity_kg) = count(*) then sum(quantity_kg) end as decimal(20, 2)) as quantity_kg,
from microdata.declarations
cross join companies.settings as settings
where year in (select goods_years.year from companies.goods_years as goods_years)
group by enterprise_id, year, substring(commodity_code, 1, settings.commodity_digits)
