-- Each commodity that an enterprise, or another of its enterprise group, imported in the years whose exports may be imports sold on.
-- grain: enterprise_id, commodity_code
select distinct
    cast(coalesce(members.enterprise_id, imports.enterprise_id) as varchar) as enterprise_id,
    cast(imports.commodity_code as varchar) as commodity_code,
from companies.enterprise_imports as imports
left join companies.perimeter as own on imports.enterprise_id = own.enterprise_id
left join companies.perimeter as members on own.group_id = members.group_id
