-- Amounts have the scale of published totals: a wrong unit puts them off by a factor of a thousand.
-- remedy: Check the unit in sources.toml; where nothing is in common, add a newer {yardstick}.
-- Without a published total to compare with, that is reported, not passed over.
with totals as (
    select
        figures.statistic,
        figures.quantity,
        figures.region_code,
        figures.year,
        any_value(quantities.unit_name) as unit_name,
        coalesce(
            max(figures.amount) filter (figures.class_code = quantities.whole_code),
            if(
                any_value(quantities.adds_up_over_classes) and count(*) filter (not cells.is_total and figures.amount is null) = 0,
                sum(figures.amount) filter (not cells.is_total),
                null
            )
        ) as amount,
    from staging.figures as figures
    join catalogue.cells as cells using (statistic, class_code)
    join catalogue.quantities as quantities using (statistic, quantity)
    group by figures.statistic, figures.quantity, figures.region_code, figures.year
),

compared as (
    select
        totals.*,
        published.amount as published,
    from catalogue.yardsticks as yardsticks
    join totals using (statistic, quantity)
    join staging.figures as published
        on published.statistic = yardsticks.yardstick and published.quantity = yardsticks.yardstick_quantity
        and published.class_code = yardsticks.yardstick_code and published.region_code = totals.region_code and published.year = totals.year
    where totals.amount is not null
)

select
    statistic as about,
    quantity,
    region_code,
    year,
    null as class_code,
    concat(format('{:,}', cast(amount as bigint)), ' ', unit_name) as found,
    concat(
        'about ', format('{:,}', cast(published as bigint)), ' ', unit_name, ', as published, within a factor of ',
        settings.largest_published_factor
    ) as expected,
from compared
cross join run.settings as settings
where amount > published * settings.largest_published_factor
    or amount < published / settings.largest_published_factor
union all
select
    yardsticks.statistic as about,
    yardsticks.quantity,
    null as region_code,
    null as year,
    null as class_code,
    'no figure for any region and year that has a published total' as found,
    'at least one, to check the unit against' as expected,
from catalogue.yardsticks as yardsticks
semi join run.years as years using (statistic)
anti join compared using (statistic, quantity)
