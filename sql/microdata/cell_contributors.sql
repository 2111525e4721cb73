-- Who stands behind a cell: the number of enterprise groups, and what the two largest bring. For disclosure control alone.
-- grain: basis, line, year, size_class
-- Lines and margins are those of cells. largest_group names the largest; it never leaves the program.
with by_group as (
    select
        basis,
        region_code,
        placed_by,
        year,
        size_class,
        group_id,
        sum(exports_sek) as exports_sek,
    from microdata.contributions
    where exports_sek > 0
    group by basis, region_code, placed_by, year, size_class, group_id
),

lines as (
    select basis, region_code as line, year, size_class, group_id, exports_sek from by_group
    union all
    select basis, '00', year, size_class, group_id, exports_sek from by_group where region_code <> 'unallocated'
    union all
    select basis, 'declared', year, size_class, group_id, exports_sek from by_group
    union all
    select basis, 'matched', year, size_class, group_id, exports_sek from by_group where size_class <> 'unknown'
    union all
    select basis, placed_by, year, size_class, group_id, exports_sek from by_group
),

margins as (
    select basis, line, year, size_class, group_id, exports_sek from lines where length(line) = 2 or line = 'unallocated'
    union all
    select basis, line, year, 'sme', group_id, exports_sek from lines
    where length(line) = 2 and size_class in ('0-9', '10-49', '50-249')
    union all
    select basis, line, year, 'total', group_id, exports_sek from lines
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
