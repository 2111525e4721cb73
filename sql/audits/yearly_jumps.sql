-- No figure jumps from one year to the next beyond the factor that the award states.
-- remedy: Ask the publisher; if the jump is real, accept the exception in the award with its reason.
-- A fall to zero is the largest of falls. A rise from zero is not questioned: growth from there is undefined anyway.
-- Amounts are compared cell by cell; counts in all classes together, since a class may hold few.
with amounts as (
    select
        figures.statistic,
        figures.quantity,
        figures.region_code,
        figures.year,
        if(quantities.kind = 'count' and quantities.adds_up_over_classes, quantities.whole_code, figures.class_code) as class_code,
        if(count(*) = count(figures.amount), sum(figures.amount), null) as amount,
    from staging.figures as figures
    join catalogue.quantities as quantities using (statistic, quantity)
    join catalogue.statistics as statistics using (statistic)
    join catalogue.cells as cells using (statistic, class_code)
    where not cells.is_total and not statistics.is_yardstick
    group by all
),

jumps as (
    select
        *,
        lag(amount) over (partition by statistic, quantity, region_code, class_code order by year) as before,
    from amounts
)

select
    jumps.statistic as about,
    jumps.quantity,
    jumps.region_code,
    jumps.year,
    jumps.class_code,
    concat(
        format('{:,}', cast(amount as bigint)), ' ', quantities.unit_name, ', after ', format('{:,}', cast(before as bigint)), ' the year before'
    ) as found,
    concat('a change within a factor of ', years.largest_yearly_factor) as expected,
from jumps
join catalogue.quantities as quantities using (statistic, quantity)
join run.years as years using (statistic, year)
where not years.is_first
    and before > 0
    and (amount > before * years.largest_yearly_factor or amount < before / years.largest_yearly_factor)
