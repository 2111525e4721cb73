-- The group that an enterprise was last in, and the unit that it belongs to: itself or that group, as the award says.
-- grain: enterprise_id
-- A group has the enterprises of its last year in all years, so that it does not grow by buying others.
with latest as (
    select
        enterprise_id,
        max(year) as year,
    from microdata.enterprises
    cross join companies.settings as settings
    where year <= settings.last_year
    group by enterprise_id
),

members as (
    select
        register.enterprise_id,
        coalesce(nullif(register.enterprise_group_id, ''), register.enterprise_id) as group_id,
        case
            when settings.unit_is_group then coalesce(nullif(register.enterprise_group_id, ''), register.enterprise_id)
            else register.enterprise_id
        end as unit_id,
    from microdata.enterprises as register
    inner join latest on register.enterprise_id = latest.enterprise_id and register.year = latest.year
    cross join companies.settings as settings
)

select
    cast(enterprise_id as varchar) as enterprise_id,
    cast(group_id as varchar) as group_id,
    cast(unit_id as varchar) as unit_id,
    cast(count(*) over (partition by unit_id) = 1 as boolean) as is_alone,
from members
