-- Goods exports and goods exporters among SMEs: enterprises with fewer than 250 employees.
-- grain: region_code, year
-- A sum with a part withheld or missing is unknown, not smaller. An enterprise is in one size class a year, so classes add up.
select
    cast(region_code as varchar) as region_code,
    cast(year as bigint) as year,
    cast(case when count(exports_sek) = 3 then sum(exports_sek) end as decimal(20, 2)) as sme_goods_exports_sek,
    case
        when count(exports_sek) = 3 and sum(exports_sek) = 0 then 'nil'
        when count(exports_sek) = 3 then 'ok'
        when bool_or(status = 'withheld') then 'withheld'
        else 'missing'
    end as status,
    cast(case when count(exporters) = 3 then sum(exporters) end as bigint) as sme_goods_exporters,
    case
        when count(exporters) = 3 and sum(exporters) = 0 then 'nil'
        when count(exporters) = 3 then 'ok'
        when bool_or(exporters_status = 'withheld') then 'withheld'
        else 'missing'
    end as exporters_status,
    cast(min(series) as varchar) as series,
from staging.goods_exports
cross join run.settings as settings
where size_class in ('0-9', '10-49', '50-249')
    and year between settings.first_year and settings.last_year
group by region_code, year
