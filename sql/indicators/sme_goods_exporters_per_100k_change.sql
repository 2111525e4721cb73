-- Change in goods-exporting SMEs per 100 000 inhabitants over the award's window.
-- grain: region_code
-- A difference, not a ratio: in small counties a per cent of few enterprises misleads.
select
    cast(region_code as varchar) as region_code,
    cast(base_year as bigint) as base_year,
    cast(final_year as bigint) as final_year,
    cast(base as double) as base,
    cast(final as double) as final,
    cast(case when status in ('ok', 'nil', 'undefined') then final - base end as double) as sme_goods_exporters_per_100k_change,
    -- Growth from zero is undefined; a difference from zero is not.
    cast(case when status = 'undefined' then 'ok' else status end as varchar) as status,
from indicators.growth_by_window
join run.settings as settings using (base_year, final_year)
where indicator = 'sme_goods_exporters_per_100k'
