-- No amount without the units behind it.
-- remedy: Ask the publisher which of the two is right.
select
    amounts.statistic as about,
    amounts.quantity,
    amounts.region_code,
    amounts.year,
    amounts.class_code,
    concat(format('{:,}', cast(amounts.amount as bigint)), ' ', quantities.unit_name, ' and no ', units.quantity) as found,
    concat('at least one of the ', units.quantity, ' where there are ', amounts.quantity) as expected,
from catalogue.units_behind as behind
join staging.figures as amounts on amounts.statistic = behind.statistic and amounts.quantity = behind.quantity
join staging.figures as units
    on units.statistic = behind.statistic and units.quantity = behind.units and units.region_code = amounts.region_code
    and units.year = amounts.year and units.class_code = amounts.class_code
join catalogue.quantities as quantities on quantities.statistic = amounts.statistic and quantities.quantity = amounts.quantity
join run.years as years on years.statistic = amounts.statistic and years.year = amounts.year
where amounts.amount > 0 and units.amount = 0
