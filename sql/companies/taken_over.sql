-- The employees of each unit, in the final year, at workplaces that belonged to another unit earlier in the window.
-- grain: base_year, final_year, unit_id
with owners as (
    select
        workplaces.establishment_id,
        workplaces.year,
        workplaces.employees,
        coalesce(perimeter.unit_id, workplaces.enterprise_id) as unit_id,
    from microdata.establishments as workplaces
    left join companies.perimeter as perimeter on workplaces.enterprise_id = perimeter.enterprise_id
),

-- Hardly any workplace changes hands: only those that ever did are followed by window.
movers as (
    select establishment_id
    from owners
    group by establishment_id
    having min(unit_id) <> max(unit_id)
),

moved as (
    select
        windows.base_year,
        windows.final_year,
        owners.establishment_id,
        max(case when owners.year = windows.final_year then owners.unit_id end) as unit_id,
        max(case when owners.year = windows.final_year then owners.employees end) as employees,
    from owners
    inner join movers on owners.establishment_id = movers.establishment_id
    inner join companies.windows as windows
        on windows.for_table = 'taken_over'
        and owners.year between windows.base_year and windows.final_year
    group by windows.base_year, windows.final_year, owners.establishment_id
    having min(owners.unit_id) <> max(owners.unit_id)
)

select
    cast(base_year as bigint) as base_year,
    cast(final_year as bigint) as final_year,
    cast(unit_id as varchar) as unit_id,
    cast(sum(employees) as bigint) as employees,
from moved
where unit_id is not null
group by base_year, final_year, unit_id
