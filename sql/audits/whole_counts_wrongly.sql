-- Where a unit counts once in each of its regions, the whole counts at least as many as any region, and at most as many as all together.
-- remedy: Check how the publisher counts: a unit counts once in the whole, and once in each region where it is.
with counts as (
    select
        figures.statistic,
        figures.quantity,
        figures.year,
        figures.class_code,
        sum(figures.amount) filter (not regions.is_whole) as in_regions,
        max(figures.amount) filter (not regions.is_whole) as largest,
        max(figures.amount) filter (regions.is_whole) as in_whole,
        count(*) filter (not regions.is_whole and figures.amount is null) as unknown,
        sum(figures.noise) as noise,
    from staging.figures as figures
    join staging.regions as regions using (region_code)
    join run.years as years using (statistic, year)
    join catalogue.quantities as quantities using (statistic, quantity)
    join catalogue.cells as cells using (statistic, class_code)
    where quantities.kind = 'count' and not quantities.adds_up_over_regions and not cells.is_total
    group by figures.statistic, figures.quantity, figures.year, figures.class_code
)

select
    counts.statistic as about,
    counts.quantity,
    regions.region_code,
    counts.year,
    counts.class_code,
    concat(cast(in_whole as bigint), ' ', quantities.unit_name, ' in the whole') as found,
    concat('between ', cast(largest as bigint), ' (the largest region) and ', cast(in_regions as bigint), ' (all regions)') as expected,
from counts
join catalogue.quantities as quantities using (statistic, quantity)
join staging.regions as regions on regions.is_whole
where in_whole < largest - noise or (unknown = 0 and in_whole > in_regions + noise)
