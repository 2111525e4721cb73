-- The four size classes add up to the published total, in value and in exporters.
-- remedy: Compare the cells of this region and year with the publisher's table.
-- Each value may be off by half its unit; counts are exact. With a class unknown, the known ones may not exceed the total.
with sums as (
    select
        region_code,
        year,
        sum(exports_sek) as classes_sek,
        count(*) - count(exports_sek) as unknown_values,
        sum(exporters) as exporters,
        count(*) - count(exporters) as unknown_counts,
    from staging.goods_exports
    group by region_code, year
),

measures as (
    select
        region_code,
        year,
        measure.unit,
        measure.found,
        measure.total,
        measure.unknown,
        measure.tolerance,
    from sums
    join staging.goods_exports_totals as total using (region_code, year)
    cross join lateral (
        values
            ('SEK', classes_sek, total.exports_sek, unknown_values, 5 * total.unit_sek / 2),
            ('exporters', sums.exporters, total.exporters, unknown_counts, 0)
    ) as measure (unit, found, total, unknown, tolerance)
)

select
    'goods_exports' as about,
    region_code,
    year,
    'total' as size_class,
    concat(format('{:,}', cast(measures.found as bigint)), ' ', unit, ' in the size classes', if(unknown > 0, concat(', ', unknown, ' unknown'), '')) as found,
    concat(if(unknown > 0, 'at most ', ''), format('{:,}', cast(total as bigint)), ' ', unit, ' in total') as expected,
from measures
cross join run.settings as settings
where year between settings.first_year and settings.last_year
    and (measures.found > total + tolerance or (unknown = 0 and measures.found < total - tolerance))
