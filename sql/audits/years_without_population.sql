-- Every year with exports has a population.
-- remedy: Bring the population up to these years (`exportregion fetch`), and pin its vintages in the award.
select
    'population' as about,
    null as region_code,
    exports.year,
    null as size_class,
    'exports without a population' as found,
    'population and export years that match' as expected,
from (
    select year from staging.goods_exports
    union
    select year from staging.services_exports
) as exports
where exports.year not in (select year from staging.population)
