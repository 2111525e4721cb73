-- The countries that each unit exports to in the final year, how concentrated they are, which are new and which are kept.
-- grain: base_year, final_year, unit_id
-- A market counts from the least value in a year. It is new where there was none in the base year and there is one in the final year and
-- the year before: one delivery is no market. Concentration is Herfindahl's index: 1 is a single country.
with markets as (
    select
        coalesce(perimeter.unit_id, markets.enterprise_id) as unit_id,
        markets.year,
        markets.partner_country,
        sum(markets.exports_sek) as exports_sek,
    from companies.enterprise_markets as markets
    left join companies.perimeter as perimeter on markets.enterprise_id = perimeter.enterprise_id
    cross join companies.settings as settings
    group by coalesce(perimeter.unit_id, markets.enterprise_id), markets.year, markets.partner_country, settings.least_market_sek
    having sum(markets.exports_sek) >= settings.least_market_sek
),

countries as (
    select
        windows.base_year,
        windows.final_year,
        markets.unit_id,
        markets.partner_country,
        max(case when markets.year = windows.base_year then 1 else 0 end) as in_base,
        max(case when markets.year = windows.final_year then 1 else 0 end) as in_final,
        max(case when markets.year = windows.final_year - 1 then 1 else 0 end) as in_year_before,
        sum(case when markets.year = windows.final_year then markets.exports_sek else 0 end) as exports_sek,
    from markets
    inner join companies.windows as windows
        on windows.for_table = 'markets'
        and markets.year in (windows.base_year, windows.final_year - 1, windows.final_year)
    group by windows.base_year, windows.final_year, markets.unit_id, markets.partner_country
),

shares as (
    select
        *,
        cast(exports_sek as double)
        / nullif(cast(sum(exports_sek) over (partition by base_year, final_year, unit_id) as double), 0) as share,
    from countries
)

select
    cast(base_year as bigint) as base_year,
    cast(final_year as bigint) as final_year,
    cast(unit_id as varchar) as unit_id,
    cast(sum(in_final) as double) as partner_countries,
    cast(sum(in_final * in_year_before * (1 - in_base)) as double) as new_markets,
    cast(cast(sum(in_base * in_final) as double) / nullif(sum(in_base), 0) as double) as markets_kept,
    cast(sum(cast(share * share as decimal(18, 12))) as double) as market_concentration,
from shares
group by base_year, final_year, unit_id
having sum(in_final) > 0
