-- The regions' figures add up to the whole's, in each class and in all.
-- remedy: Compare these cells with the publisher's table. Values placed in no region: accept the exception in the award.
-- Each amount may be off by half its unit, each count by the noise that its publisher adds. With a cell unknown, the known ones may
-- not exceed the whole.
with sums as (
    select
        figures.statistic,
        figures.quantity,
        figures.year,
        figures.class_code,
        sum(figures.amount) filter (not regions.is_whole) as in_regions,
        max(figures.amount) filter (regions.is_whole) as in_whole,
        count(*) filter (not regions.is_whole and figures.amount is null) as unknown,
        if(any_value(quantities.kind) = 'count', sum(figures.noise), sum(figures.unit) / 2) as tolerance,
    from staging.figures as figures
    join staging.regions as regions using (region_code)
    join run.years as years using (statistic, year)
    join catalogue.quantities as quantities using (statistic, quantity)
    where quantities.adds_up_over_regions
    group by figures.statistic, figures.quantity, figures.year, figures.class_code
)

select
    sums.statistic as about,
    sums.quantity,
    regions.region_code,
    sums.year,
    sums.class_code,
    concat(
        format('{:,}', cast(in_regions as bigint)), ' ', quantities.unit_name, ' in the regions',
        if(unknown > 0, concat(', ', unknown, ' unknown'), '')
    ) as found,
    concat(if(unknown > 0, 'at most ', ''), format('{:,}', cast(in_whole as bigint)), ' ', quantities.unit_name, ' in the whole') as expected,
from sums
join catalogue.quantities as quantities using (statistic, quantity)
join staging.regions as regions on regions.is_whole
where in_regions > in_whole + tolerance or (unknown = 0 and in_regions < in_whole - tolerance)
