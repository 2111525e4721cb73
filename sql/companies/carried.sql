-- What else may carry each unit's growth: a declaration, a year, other units of its group, workplaces taken over, or imports sold on.
-- grain: base_year, final_year, unit_id
-- Kin are units that were in a group with it in any year of the window. What they lost in the year of its largest rise, and had not regained
-- by the final year, may have moved to it.
-- They are gone if they are not in the register of the final year. Shares of the change are unknown where exports did not rise.
with members as (
    select distinct
        windows.base_year,
        windows.final_year,
        perimeter.unit_id,
        register.enterprise_group_id as group_id,
    from microdata.enterprises as register
    inner join companies.perimeter as perimeter on register.enterprise_id = perimeter.enterprise_id
    inner join companies.windows as windows
        on windows.for_table = 'carried'
        and register.year between windows.base_year and windows.final_year
    where register.enterprise_group_id <> ''
),

kin as (
    select distinct
        one.base_year,
        one.final_year,
        one.unit_id,
        other.unit_id as other_id,
    from members as one
    inner join members as other
        on one.base_year = other.base_year
        and one.final_year = other.final_year
        and one.group_id = other.group_id
        and one.unit_id <> other.unit_id
),

falls as (
    select
        kin.base_year,
        kin.final_year,
        kin.unit_id,
        sum(
            greatest(before.exports_sek - greatest(coalesce(now.exports_sek, 0), coalesce(final.exports_sek, 0)), 0)
        ) as fall_sek,
        sum(
            case
                when last.unit_id is null
                    then greatest(before.exports_sek - greatest(coalesce(now.exports_sek, 0), coalesce(final.exports_sek, 0)), 0)
                else 0
            end
        ) as gone_sek,
    from kin
    inner join companies.rises as rises
        on kin.base_year = rises.base_year
        and kin.final_year = rises.final_year
        and kin.unit_id = rises.unit_id
    inner join companies.unit_years as before on kin.other_id = before.unit_id and rises.rise_year = before.year + 1
    left join companies.unit_years as now on kin.other_id = now.unit_id and rises.rise_year = now.year
    left join companies.unit_years as final on kin.other_id = final.unit_id and kin.final_year = final.year
    left join companies.unit_register as last on kin.other_id = last.unit_id and kin.final_year = last.year
    group by kin.base_year, kin.final_year, kin.unit_id
),

grown as (
    select
        *,
        case when final_sek > base_sek then cast(final_sek - base_sek as double) end as change_sek,
    from companies.spans
    where final_sek > 0
)

select
    cast(grown.base_year as bigint) as base_year,
    cast(grown.final_year as bigint) as final_year,
    cast(grown.unit_id as varchar) as unit_id,
    cast(cast(grown.largest_declaration_sek as double) / nullif(cast(grown.final_sek as double), 0) as double) as largest_declaration_share,
    cast(cast(grown.largest_declaration_sek as double) / nullif(grown.change_sek, 0) as double) as largest_declaration_of_change,
    cast(
        cast(grown.largest_declaration_sek as double) / nullif(cast(grown.largest_before_sek as double), 0) as double
    ) as largest_declaration_of_earlier,
    cast(cast(rises.largest_rise_sek as double) / nullif(grown.change_sek, 0) as double) as largest_year_of_change,
    cast(cast(rises.other_change_sek as double) / nullif(cast(rises.largest_rise_sek as double), 0) as double) as other_years_of_rise,
    cast(cast(coalesce(falls.fall_sek, 0) as double) / nullif(grown.change_sek, 0) as double) as kin_fall_of_change,
    cast(cast(coalesce(falls.gone_sek, 0) as double) / nullif(grown.change_sek, 0) as double) as gone_kin_of_change,
    cast(cast(coalesce(taken.employees, 0) as double) / nullif(cast(final.employees as double), 0) as double) as taken_over_share,
    cast(cast(coalesce(reexports.matched_sek, 0) as double) / nullif(cast(grown.final_sek as double), 0) as double) as reexported_share,
from grown
left join companies.rises as rises
    on grown.base_year = rises.base_year
    and grown.final_year = rises.final_year
    and grown.unit_id = rises.unit_id
left join falls
    on grown.base_year = falls.base_year
    and grown.final_year = falls.final_year
    and grown.unit_id = falls.unit_id
left join companies.taken_over as taken
    on grown.base_year = taken.base_year
    and grown.final_year = taken.final_year
    and grown.unit_id = taken.unit_id
left join companies.unit_register as final on grown.unit_id = final.unit_id and grown.final_year = final.year
left join companies.reexports as reexports on grown.unit_id = reexports.unit_id and grown.final_year = reexports.year
