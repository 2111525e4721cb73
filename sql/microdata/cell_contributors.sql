-- Who stands behind a cell: the number of enterprise groups, and what the two largest bring. For disclosure control alone.
-- grain: basis, line, year, size_class
-- Lines and margins are those of cells. largest_group names the largest; it never leaves the program. Of the groups that bring one part, the
-- two largest of each place stand for all of them: groups is the number behind a row. Structs compare by their first fields, then by the next.
with alone as (
    select
        contributions.basis,
        contributions.year,
        contributions.region_code,
        contributions.size_class,
        contributions.placed_by,
        count(*) as groups,
        min(
            {'less': -contributions.exports_sek, 'group_id': contributions.group_id, 'exports_sek': contributions.exports_sek}, 2
        ) as largest,
    from microdata.contributions as contributions
    left join microdata.spread_groups as spread on contributions.group_id = spread.group_id and contributions.year = spread.year
    where contributions.exports_sek > 0
        and spread.group_id is null
    group by
        contributions.basis, contributions.year, contributions.region_code, contributions.size_class, contributions.placed_by
),

parts as (
    select
        basis,
        year,
        region_code,
        size_class,
        placed_by,
        largest[1].group_id as group_id,
        largest[1].exports_sek as exports_sek,
        groups,
    from alone
    union all
    select
        basis,
        year,
        region_code,
        size_class,
        placed_by,
        largest[2].group_id,
        largest[2].exports_sek,
        0,
    from alone
    where groups > 1
    union all
    select
        contributions.basis,
        contributions.year,
        contributions.region_code,
        contributions.size_class,
        contributions.placed_by,
        contributions.group_id,
        contributions.exports_sek,
        1,
    from microdata.contributions as contributions
    inner join microdata.spread_groups as spread on contributions.group_id = spread.group_id and contributions.year = spread.year
    where contributions.exports_sek > 0
),

lines as (
    select
        parts.basis,
        case kinds.kind
            when 'region' then parts.region_code
            when 'way' then parts.placed_by
            else kinds.kind
        end as line,
        parts.year,
        sums.sum as size_class,
        parts.group_id,
        sum(parts.exports_sek) as exports_sek,
        max(parts.groups) as groups,
    from parts
    cross join (values ('region'), ('whole'), ('declared'), ('matched'), ('way')) as kinds (kind)
    inner join microdata.size_sums as sums on parts.size_class = sums.size_class
    where not (kinds.kind = 'whole' and parts.region_code = 'unallocated')
        and not (kinds.kind = 'matched' and parts.size_class = 'unknown')
        and (
            sums.sum = 'total'
            or kinds.kind = 'whole'
            or (kinds.kind = 'region' and (parts.region_code <> 'unallocated' or sums.sum = parts.size_class))
        )
    group by parts.basis, line, parts.year, sums.sum, parts.group_id
),

cells as (
    select
        basis,
        line,
        year,
        size_class,
        sum(groups) as groups,
        count(*) as parts,
        min({'less': -exports_sek, 'group_id': group_id, 'exports_sek': exports_sek}, 2) as largest,
    from lines
    group by basis, line, year, size_class
)

select
    cast(basis as varchar) as basis,
    cast(line as varchar) as line,
    cast(year as bigint) as year,
    cast(size_class as varchar) as size_class,
    cast(groups as bigint) as groups,
    cast(largest[1].exports_sek as decimal(20, 2)) as largest_sek,
    cast(case when parts > 1 then largest[2].exports_sek else 0 end as decimal(20, 2)) as second_largest_sek,
    cast(largest[1].group_id as varchar) as largest_group,
from cells
