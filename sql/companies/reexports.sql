-- How much of each unit's exports, in whole currency, imports of the same commodity in the same year match.
-- grain: unit_id, year
-- What the unit's enterprise group imported is compared with what the group exported; its units share the match as they share the exports.
-- Without import records nothing matches.
with imported as (
    select
        coalesce(perimeter.group_id, imports.enterprise_id) as group_id,
        imports.year,
        imports.commodity_code,
        sum(imports.imports_sek) as imports_sek,
    from companies.enterprise_imports as imports
    left join companies.perimeter as perimeter on imports.enterprise_id = perimeter.enterprise_id
    group by coalesce(perimeter.group_id, imports.enterprise_id), imports.year, imports.commodity_code
),

exported as (
    select
        coalesce(perimeter.group_id, sold.enterprise_id) as group_id,
        coalesce(perimeter.unit_id, sold.enterprise_id) as unit_id,
        sold.year,
        sold.commodity_code,
        sold.exports_sek,
    from companies.enterprise_commodities as sold
    left join companies.perimeter as perimeter on sold.enterprise_id = perimeter.enterprise_id
),

matched as (
    select
        imported.group_id,
        imported.year,
        imported.commodity_code,
        cast(least(max(imported.imports_sek), sum(exported.exports_sek)) as double)
        / nullif(cast(sum(exported.exports_sek) as double), 0) as share,
    from imported
    inner join exported
        on imported.group_id = exported.group_id
        and imported.year = exported.year
        and imported.commodity_code = exported.commodity_code
    group by imported.group_id, imported.year, imported.commodity_code
)

select
    cast(exported.unit_id as varchar) as unit_id,
    cast(exported.year as bigint) as year,
    cast(sum(cast(floor(cast(exported.exports_sek as double) * matched.share) as bigint)) as decimal(20, 2)) as matched_sek,
from exported
inner join matched
    on exported.group_id = matched.group_id
    and exported.year = matched.year
    and exported.commodity_code = matched.commodity_code
group by exported.unit_id, exported.year
