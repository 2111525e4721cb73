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

ranked as (
    select
        *,
        row_number() over (
            partition by first_basis, second_basis, region_code, year, size_class
            order by abs(difference_sek) desc, group_id
        ) as place,
    from by_group
    where difference_sek <> 0
)

select
    cast(first_basis as varchar) as first_basis,
    cast(second_basis as varchar) as second_basis,
    cast(region_code as varchar) as region_code,
    cast(year as bigint) as year,
    cast(size_class as varchar) as size_class,
    cast(count(*) as bigint) as groups,
    cast(sum(case when place = 1 then abs(difference_sek) else 0 end) as decimal(20, 2)) as largest_sek,
    cast(abs(sum(case when place > 2 then difference_sek else 0 end)) as decimal(20, 2)) as others_sek,
    cast(max(case when place = 1 then group_id end) as varchar) as largest_group,
from ranked
group by first_basis, second_basis, region_code, year, size_class
