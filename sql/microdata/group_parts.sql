-- What each enterprise group brings to a region in a year, of the group of size classes, under the basis of the table.
-- grain: region_code, group_id, year
-- From these the standard errors follow, and whether they may be published. The parts never leave the program.
select
    cast(contributions.region_code as varchar) as region_code,
    cast(contributions.group_id as varchar) as group_id,
    cast(contributions.year as bigint) as year,
    cast(sum(contributions.exports_sek) as decimal(20, 2)) as exports_sek,
    cast(sum(contributions.exporters) as bigint) as exporters,
from microdata.contributions as contributions
cross join microdata.settings as settings
inner join microdata.size_sums as sums
    on contributions.size_class = sums.size_class
    and sums.sum = settings.size_group
where contributions.basis = settings.basis
    and contributions.region_code <> 'unallocated'
group by contributions.region_code, contributions.group_id, contributions.year
