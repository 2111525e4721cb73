-- The countries that each unit exports to in the final year, how concentrated they are, which are new and which are kept.
-- grain: base_year, final_year, unit_id
-- A market counts from the least value in a year. It is new where there was none in the base year and there is one in the final year and
-- the year before: one delivery is no market. Concentration is Herfindahl's index in millionths of a millionth: 1 is a single country.
-- The years of a market are bits of one number, the last year the lowest: windows then multiply markets, not markets by year.
with markets as (
    select markets.*
    from companies.unit_markets as markets
    cross join companies.settings as settings
    where markets.exports_sek >= settings.least_market_sek
),

concentrations as (
    select
        markets.unit_id,
        markets.year,
        sum(
            cast(
                floor(
                    cast(markets.exports_sek as double) / nullif(cast(totals.exports_sek as double), 0)
                    * (cast(markets.exports_sek as double) / nullif(cast(totals.exports_sek as double), 0)) * 1e12
                ) as bigint
            )
        ) as millionths,
    from markets
    inner join (
        select
            unit_id,
            year,
            sum(exports_sek) as exports_sek,
        from markets
        group by unit_id, year
    ) as totals
        on markets.unit_id = totals.unit_id and markets.year = totals.year
    where markets.year in (select windows.final_year from companies.windows as windows where windows.for_table = 'markets')
    group by markets.unit_id, markets.year
),

countries as (
    select
        markets.unit_id,
        markets.partner_country,
        settings.last_year,
        sum(cast(1 as bigint) << cast(settings.last_year - markets.year as integer)) as years,
    from markets
    cross join companies.settings as settings
    group by markets.unit_id, markets.partner_country, settings.last_year
),

windowed as (
    select
        windows.base_year,
        windows.final_year,
        countries.unit_id,
        (countries.years >> cast(countries.last_year - windows.base_year as integer)) & 1 as in_base,
        (countries.years >> cast(countries.last_year - windows.final_year as integer)) & 1 as in_final,
        (countries.years >> cast(countries.last_year - windows.final_year + 1 as integer)) & 1 as in_year_before,
    from countries
    inner join companies.windows as windows on windows.for_table = 'markets'
)

select
    cast(windowed.base_year as bigint) as base_year,
    cast(windowed.final_year as bigint) as final_year,
    cast(windowed.unit_id as varchar) as unit_id,
    cast(sum(windowed.in_final) as double) as partner_countries,
    cast(sum(windowed.in_final * windowed.in_year_before * (1 - windowed.in_base)) as double) as new_markets,
    cast(
        cast(sum(windowed.in_base * windowed.in_final) as double) / nullif(cast(sum(windowed.in_base) as double), 0) as double
    ) as markets_kept,
    cast(cast(max(concentrations.millionths) as double) / 1e12 as double) as market_concentration,
from windowed
inner join concentrations on windowed.unit_id = concentrations.unit_id and windowed.final_year = concentrations.year
group by windowed.base_year, windowed.final_year, windowed.unit_id
