-- No growth over the award's window joins two series: two bases of allocation, size-class definitions or thresholds.
-- remedy: Choose a window within one series, or accept the exception in the award with the reason why the two can be compared.
with series_by_year as (
    select 'goods_exports' as about, region_code, year, series from staging.goods_exports
    union
    select 'services_exports' as about, region_code, year, series from staging.services_exports
)

select
    about,
    case when count(distinct region_code) = 1 then min(region_code) end as region_code,
    final.year,
    null as size_class,
    concat('the series ', base.series, ' in ', base.year, ' and ', final.series, ' in ', final.year) as found,
    'one series over the window' as expected,
from series_by_year as base
join series_by_year as final using (about, region_code)
join run.settings as settings on base.year = settings.base_year and final.year = settings.final_year
where base.series <> final.series
group by about, base.series, base.year, final.series, final.year
