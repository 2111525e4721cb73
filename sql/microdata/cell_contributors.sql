-- Who stands behind a cell: the number of enterprise groups, and what the two largest bring. For disclosure control alone.
-- grain: basis, line, year, size_class
-- Lines and margins are those of cells. largest_group names the largest; it never leaves the program.
with lines as (
    select
        contributions.basis,
        case kinds.kind
            when 'region' then contributions.region_code
            when 'way' then contributions.placed_by
            else kinds.kind
        end as line,
        kinds.kind,
        contributions.year,
        contributions.size_class,
        contributions.group_id,
        sum(contributions.exports_sek) as exports_sek,
    from microdata.contributions as contributions
    cross join (values ('region'), ('whole'), ('declared'), ('matched'), ('way')) as kinds (kind)
    where contributions.exports_sek > 0
        and not (kinds.kind = 'whole' and contributions.region_code = 'unallocated')
        and not (kinds.kind = 'matched' and contributions.size_class = 'unknown')
    group by contributions.basis, line, kinds.kind, contributions.year, contributions.size_class, contributions.group_id
),

margins as (
    select
        lines.basis,
        lines.line,
        lines.year,
        sums.sum as size_class,
        lines.group_id,
        lines.exports_sek,
    from lines
    inner join microdata.size_sums as sums on lines.size_class = sums.size_class
    where sums.sum = 'total'
        or (lines.kind in ('region', 'whole') and (lines.line <> 'unallocated' or sums.sum = lines.size_class))
),

ranked as (
    select
        basis,
        line,
        year,
        size_class,
        group_id,
        sum(exports_sek) as exports_sek,
        row_number() over (partition by basis, line, year, size_class order by sum(exports_sek) desc, group_id) as place,
    from margins
    group by basis, line, year, size_class, group_id
)

select
    cast(basis as varchar) as basis,
    cast(line as varchar) as line,
    cast(year as bigint) as year,
    cast(size_class as varchar) as size_class,
    cast(count(*) as bigint) as groups,
    cast(sum(case when place = 1 then exports_sek else 0 end) as decimal(20, 2)) as largest_sek,
    cast(sum(case when place = 2 then exports_sek else 0 end) as decimal(20, 2)) as second_largest_sek,
    cast(max(case when place = 1 then group_id end) as varchar) as largest_group,
from ranked
group by basis, line, year, size_class
