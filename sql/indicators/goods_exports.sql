-- Goods exports of all enterprises.
-- grain: region_code, year
-- The published total comes first: it is known even where a size class is withheld. Else the four classes, if all are known.
with by_class as (
    select
        region_code,
        year,
        min(series) as series,
        case when count(exports_sek) = 4 then sum(exports_sek) end as exports_sek,
        bool_or(status = 'withheld') as has_withheld,
    from staging.goods_exports
    group by region_code, year
)

select
    cast(region_code as varchar) as region_code,
    cast(year as bigint) as year,
    cast(coalesce(total.exports_sek, by_class.exports_sek) as decimal(20, 2)) as goods_exports_sek,
    case
        when coalesce(total.exports_sek, by_class.exports_sek) = 0 then 'nil'
        when coalesce(total.exports_sek, by_class.exports_sek) is not null then 'ok'
        when by_class.has_withheld or total.status = 'withheld' then 'withheld'
        else 'missing'
    end as status,
    cast(coalesce(total.series, by_class.series) as varchar) as series,
from by_class
full join staging.goods_exports_totals as total using (region_code, year)
cross join run.settings as settings
where year between settings.first_year and settings.last_year
