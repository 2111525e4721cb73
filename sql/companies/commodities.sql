-- The groups of goods that are new in each unit's exports, and how its unit values changed.
-- grain: base_year, final_year, unit_id
-- New as for markets. The change of unit values is the final year's value over that of its quantities at the base year's unit values, of
-- the groups exported in both years; unknown where a declaration lacks its quantity.
with sold as (
    select
        coalesce(perimeter.unit_id, sold.enterprise_id) as unit_id,
        sold.year,
        sold.commodity_group,
        sum(sold.exports_sek) as exports_sek,
        case when count(sold.quantity_kg) = count(*) then sum(sold.quantity_kg) end as quantity_kg,
    from companies.enterprise_goods as sold
    left join companies.perimeter as perimeter on sold.enterprise_id = perimeter.enterprise_id
    group by coalesce(perimeter.unit_id, sold.enterprise_id), sold.year, sold.commodity_group
),

groups as (
    select
        windows.base_year,
        windows.final_year,
        sold.unit_id,
        sold.commodity_group,
        max(case when sold.year = windows.base_year then 1 else 0 end) as in_base,
        max(case when sold.year = windows.final_year then 1 else 0 end) as in_final,
        max(case when sold.year = windows.final_year - 1 then 1 else 0 end) as in_year_before,
        max(case when sold.year = windows.final_year then sold.exports_sek end) as final_sek,
        max(case when sold.year = windows.final_year then sold.quantity_kg end)
            * cast(max(case when sold.year = windows.base_year then sold.exports_sek end) as double)
            / nullif(cast(max(case when sold.year = windows.base_year then sold.quantity_kg end) as double), 0) as at_base_values,
    from sold
    inner join companies.windows as windows
        on windows.for_table = 'commodities'
        and sold.year in (windows.base_year, windows.final_year - 1, windows.final_year)
    group by windows.base_year, windows.final_year, sold.unit_id, sold.commodity_group
)

select
    cast(base_year as bigint) as base_year,
    cast(final_year as bigint) as final_year,
    cast(unit_id as varchar) as unit_id,
    cast(sum(in_final * in_year_before * (1 - in_base)) as double) as new_commodity_groups,
    cast(
        case
            when sum(in_base * in_final) = count(at_base_values)
                then 100 * cast(sum(case when in_base * in_final = 1 then final_sek end) as double)
                    / nullif(cast(sum(cast(floor(100 * at_base_values) as bigint)) as double), 0) - 1
        end as double
    ) as unit_value_growth,
from groups
group by base_year, final_year, unit_id
having sum(in_final) > 0
