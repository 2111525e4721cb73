-- What all units of an industry (two digits) exported in a year.
-- grain: division, year
-- A unit counts in all years in the industry of the last year that the register knows it.
with homes as (
    select
        register.unit_id,
        substring(register.industry_code, 1, 2) as division,
        row_number() over (partition by register.unit_id order by register.year desc) as place,
    from companies.unit_register as register
)

select
    cast(homes.division as varchar) as division,
    cast(years.year as bigint) as year,
    cast(sum(years.exports_sek) as decimal(20, 2)) as exports_sek,
from companies.unit_years as years
inner join homes on years.unit_id = homes.unit_id and homes.place = 1
group by homes.division, years.year
