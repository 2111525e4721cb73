-- The classes add up to the published total over them.
-- remedy: Compare the cells of this region and year with the publisher's table.
-- Each amount may be off by half its unit, each count by the noise that its publisher adds. With a class unknown, the known ones may
-- not exceed the total. Of two classifications, the classes of each add up, and those of both together.
with compared as (
    select
        total.statistic,
        total.quantity,
        total.region_code,
        total.year,
        total.class_code,
        total.amount as total,
        sum(part.amount) as in_classes,
        count(*) - count(part.amount) as unknown,
        if(any_value(quantities.kind) = 'count', sum(part.noise) + total.noise, (sum(part.unit) + total.unit) / 2) as tolerance,
        any_value(quantities.unit_name) as unit_name,
    from catalogue.class_sums as sums
    join catalogue.quantities as quantities using (statistic, quantity)
    join staging.figures as total
        on total.statistic = sums.statistic and total.quantity = sums.quantity and total.class_code = sums.whole_code
    join run.years as years on years.statistic = total.statistic and years.year = total.year
    left join staging.figures as part
        on part.statistic = total.statistic and part.quantity = total.quantity and part.region_code = total.region_code
        and part.year = total.year and part.class_code = sums.part_code
    group by
        total.statistic, total.quantity, total.region_code, total.year, total.class_code, total.amount, total.noise, total.unit,
        sums.classification
)

select distinct
    statistic as about,
    quantity,
    region_code,
    year,
    class_code,
    concat(
        format('{:,}', cast(in_classes as bigint)), ' ', unit_name, ' in the classes', if(unknown > 0, concat(', ', unknown, ' unknown'), '')
    ) as found,
    concat(if(unknown > 0, 'at most ', ''), format('{:,}', cast(total as bigint)), ' ', unit_name, ' in total') as expected,
from compared
where in_classes > total + tolerance or (unknown = 0 and in_classes < total - tolerance)
