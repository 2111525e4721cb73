-- What a region's exports under one basis differ by from those under another, and who stands behind it. For disclosure control alone.
-- grain: first_basis, second_basis, region_code, year, size_class
-- A group stands behind it when its own exports there differ. others_sek is what is left of the difference without the two groups that
-- differ most: as near as the second of them can come to the first. largest_group names the first; it never leaves the program.
with pairs as (
    select
        first_bases.basis as first_basis,
        second_bases.basis as second_basis,
    from microdata.allocation_bases as first_bases
    cross join microdata.allocation_bases as second_bases
    where first_bases.basis < second_bases.basis
),

by_group as (
    select
        pairs.first_basis,
        pairs.second_basis,
        contributions.region_code,
        contributions.year,
        sums.sum as size_class,
        contributions.group_id,
        sum(
            case when contributions.basis = pairs.first_basis then contributions.exports_sek else -contributions.exports_sek end
        ) as difference_sek,
    from microdata.contributions as contributions
    inner join microdata.spread_groups as spread on contributions.group_id = spread.group_id and contributions.year = spread.year
    cross join pairs
    cross join microdata.settings as settings
    inner join microdata.size_sums as sums
        on contributions.size_class = sums.size_class
        and sums.sum in (settings.size_group, settings.size_rest, 'total')
    where contributions.region_code <> 'unallocated'
        and (contributions.basis = pairs.first_basis or contributions.basis = pairs.second_basis)
    group by
        pairs.first_basis, pairs.second_basis, contributions.region_code, contributions.year, sums.sum, contributions.group_id
),

cells as (
    select
        first_basis,
        second_basis,
        region_code,
        year,
        size_class,
        count(*) as groups,
        sum(difference_sek) as difference_sek,
        min({'less': -abs(difference_sek), 'group_id': group_id, 'difference_sek': difference_sek}, 2) as furthest,
    from by_group
    where difference_sek <> 0
    group by first_basis, second_basis, region_code, year, size_class
)

select
    cast(first_basis as varchar) as first_basis,
    cast(second_basis as varchar) as second_basis,
    cast(region_code as varchar) as region_code,
    cast(year as bigint) as year,
    cast(size_class as varchar) as size_class,
    cast(groups as bigint) as groups,
    cast(abs(furthest[1].difference_sek) as decimal(20, 2)) as largest_sek,
    cast(
        abs(
            difference_sek - furthest[1].difference_sek - case when groups > 1 then furthest[2].difference_sek else 0 end
        ) as decimal(20, 2)
    ) as others_sek,
    cast(furthest[1].group_id as varchar) as largest_group,
from cells
