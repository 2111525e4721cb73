-- What each enterprise group brings to a region in a year, of the group of size classes and of all, under the basis of the table.
-- grain: region_code, group_id, year
-- From these the standard errors follow, and whether they may be published. The parts never leave the program.
select
    cast(contributions.region_code as varchar) as region_code,
    cast(contributions.group_id as varchar) as group_id,
    cast(contributions.year as bigint) as year,
    cast(sum(case when sums.sum = settings.size_group then contributions.exports_sek else 0 end) as decimal(20, 2)) as exports_sek,
    cast(sum(case when sums.sum = settings.size_group then contributions.exporters else 0 end) as bigint) as exporters,
    cast(sum(case when sums.sum = 'total' then contributions.exports_sek else 0 end) as decimal(20, 2)) as all_exports_sek,
    cast(sum(case when sums.sum = 'total' then contributions.exporters else 0 end) as bigint) as all_exporters,
from microdata.contributions as contributions
cross join microdata.settings as settings
inner join microdata.size_sums as sums on contributions.size_class = sums.size_class
where contributions.basis = settings.basis
    and contributions.region_code <> 'unallocated'
    and sums.sum in (settings.size_group, 'total')
group by contributions.region_code, contributions.group_id, contributions.year
