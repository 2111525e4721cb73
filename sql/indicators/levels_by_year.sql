-- The level of every measure: what growth and the award's indicators are taken from.
-- grain: measure, region_code, year
-- Of the sets of cells that give a measure, the first that is known: a published total before the classes that add up to it.
-- A sum with a part withheld or missing is unknown, not smaller; an unknown level keeps the reason as its status.
with sums as (
    select
        needed.measure,
        regions.region_code,
        years.year,
        needed.alternative,
        needed.is_index,
        count(*) = count(if(needed.is_mean, figures.amount + before.amount, figures.amount)) as is_known,
        sum(cast(if(needed.is_mean, (figures.amount + before.amount) / 2, figures.amount) as decimal(38, 15))) as amount,
        bool_or(coalesce(figures.status = 'withheld', false)) as is_withheld,
        min(figures.series) as series,
    from run.measure_cells as needed
    join run.years as years using (statistic)
    cross join staging.regions as regions
    left join staging.figures as figures using (statistic, quantity, class_code, region_code, year)
    left join staging.figures as before
        on before.statistic = needed.statistic and before.quantity = needed.quantity and before.class_code = needed.class_code
        and before.region_code = regions.region_code and before.year = years.year - 1
    group by needed.measure, regions.region_code, years.year, needed.alternative, needed.is_index
),

parts as (
    select
        measure,
        region_code,
        year,
        -- An amount of two decimals becomes the double nearest to it; of more decimals, DuckDB may miss it by the last bit.
        arg_min(if(is_index, cast(amount as double), cast(cast(amount as decimal(38, 2)) as double)), alternative) filter (is_known) as level,
        bool_or(is_withheld) as is_withheld,
        coalesce(arg_min(series, alternative) filter (is_known), min(series)) as series,
    from sums
    group by measure, region_code, year
),

known as (
    select
        *,
        case when level = 0 then 'nil' when level is not null then 'ok' when is_withheld then 'withheld' else 'missing' end as status,
    from parts
)

select
    cast(measures.measure as varchar) as measure,
    cast(above.region_code as varchar) as region_code,
    cast(above.year as bigint) as year,
    cast(if(measures.below is null, above.level, above.level * measures.times / nullif(below.level, 0)) as double) as level,
    cast(
        case
            when above.status in ('withheld', 'missing') then above.status
            when below.status in ('withheld', 'missing') then below.status
            when below.level = 0 then 'undefined'
            else above.status
        end as varchar
    ) as status,
    cast(
        if(above.series <> below.series, concat(above.series, ' / ', below.series), coalesce(above.series, below.series)) as varchar
    ) as series,
from catalogue.measures as measures
join known as above on above.measure = measures.above
left join known as below on below.measure = measures.below and below.region_code = above.region_code and below.year = above.year
where measures.below is null or below.measure is not null
