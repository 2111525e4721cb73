-- The enterprise groups that bring more than one part to a basis in a year, or whose region is another under another basis.
-- grain: group_id, year
-- All other groups bring the same amount to the same region under each basis: they stand in no difference between bases, and of many such
-- groups in one place only the two largest can be the largest of any sum.
select
    cast(contributions.group_id as varchar) as group_id,
    cast(contributions.year as bigint) as year,
from microdata.contributions as contributions
where contributions.exports_sek > 0
group by contributions.group_id, contributions.year
having count(*) > (select count(*) from microdata.allocation_bases)
    or min(contributions.region_code) <> max(contributions.region_code)
