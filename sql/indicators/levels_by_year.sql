-- The level of every measure: what growth and the award's indicators are picked from.
-- grain: indicator, region_code, year
-- Every region and year of the award has a row for each measure; an unknown level keeps the reason as its status.
with measured as (
    select
        region_code,
        year,
        inhabitants.inhabitants,
        goods.goods_exports_sek,
        coalesce(goods.status, 'missing') as goods_status,
        goods.series as goods_series,
        sme.sme_goods_exports_sek,
        coalesce(sme.status, 'missing') as sme_status,
        sme.sme_goods_exporters,
        coalesce(sme.exporters_status, 'missing') as exporters_status,
        services.exports_sek as services_exports_sek,
        coalesce(services.status, 'missing') as services_status,
        services.series as services_series,
    from indicators.inhabitants as inhabitants
    left join indicators.goods_exports as goods using (region_code, year)
    left join indicators.sme_goods_exports as sme using (region_code, year)
    left join staging.services_exports as services using (region_code, year)
),

shared as (
    select
        *,
        case
            when sme_status in ('withheld', 'missing') then sme_status
            when goods_status in ('withheld', 'missing') then goods_status
            when goods_exports_sek = 0 then 'undefined'
            else sme_status
        end as share_status,
        case
            when sme_status in ('withheld', 'missing') then sme_status
            when exporters_status in ('withheld', 'missing') then exporters_status
            when sme_goods_exporters = 0 then 'undefined'
            else sme_status
        end as per_exporter_status,
    from measured
)

select
    cast(measure.indicator as varchar) as indicator,
    cast(region_code as varchar) as region_code,
    cast(year as bigint) as year,
    cast(measure.level as double) as level,
    cast(measure.status as varchar) as status,
    cast(measure.series as varchar) as series,
from shared
cross join lateral (
    values
        ('goods_exports', cast(goods_exports_sek as double), goods_status, goods_series),
        ('goods_exports_per_capita', goods_exports_sek / inhabitants, goods_status, goods_series),
        ('sme_goods_exports', cast(sme_goods_exports_sek as double), sme_status, goods_series),
        ('sme_goods_exports_per_capita', sme_goods_exports_sek / inhabitants, sme_status, goods_series),
        ('sme_goods_exporters_per_100k', sme_goods_exporters * 1e5 / inhabitants, exporters_status, goods_series),
        ('sme_share_of_goods_exports', sme_goods_exports_sek / nullif(goods_exports_sek, 0), share_status, goods_series),
        ('sme_goods_exports_per_exporter', sme_goods_exports_sek / nullif(sme_goods_exporters, 0), per_exporter_status, goods_series),
        ('services_exports', cast(services_exports_sek as double), services_status, services_series),
        ('services_exports_per_capita', services_exports_sek / inhabitants, services_status, services_series)
) as measure (indicator, level, status, series)
