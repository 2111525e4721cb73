-- No units without the amount that they are behind.
-- remedy: Ask the publisher which of the two is right.
select
    amounts.statistic as about,
    units.quantity,
    amounts.region_code,
    amounts.year,
    amounts.class_code,
    concat(cast(units.amount as bigint), ' ', units.quantity, ' and no ', amounts.quantity) as found,
    concat(amounts.quantity, ' where there are ', units.quantity) as expected,
from catalogue.units_behind as behind
join staging.figures as amounts on amounts.statistic = behind.statistic and amounts.quantity = behind.quantity
join staging.figures as units
    on units.statistic = behind.statistic and units.quantity = behind.units and units.region_code = amounts.region_code
    and units.year = amounts.year and units.class_code = amounts.class_code
join run.years as years on years.statistic = amounts.statistic and years.year = amounts.year
where amounts.amount = 0 and units.amount > 0
