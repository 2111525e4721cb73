-- What standard errors are made of: how far each enterprise group's share of a region's total moves between two years, squared and summed.
-- grain: region_code, share_of, base_year, final_year
-- Without a base year the share itself is taken: that is the error of a total, not of its growth. Shares are billionths, rounded down, so
-- that the engines agree. Nothing of a single group leaves here but the largest share and the furthest move, by which errors are made coarse.
with filled as (
    -- What a group does not export in a year is nothing, so its share of that year is zero.
    select
        groups.region_code,
        groups.group_id,
        years.year,
        cast(cast(coalesce(parts.exports_sek, 0) as decimal(18, 2)) * 100 as bigint) // 100 as exports_sek,
        coalesce(parts.exporters, 0) as exporters,
        cast(cast(coalesce(parts.all_exports_sek, 0) as decimal(18, 2)) * 100 as bigint) // 100 as all_exports_sek,
        coalesce(parts.all_exporters, 0) as all_exporters,
    from (select distinct region_code, group_id from microdata.group_parts) as groups
    cross join (select distinct year from microdata.group_parts) as years
    left join microdata.group_parts as parts
        on groups.region_code = parts.region_code
        and groups.group_id = parts.group_id
        and years.year = parts.year
),

totalled as (
    select
        *,
        cast(nullif(sum(exports_sek) over (partition by region_code, year), 0) as bigint) as exports_total,
        cast(nullif(sum(exporters) over (partition by region_code, year), 0) as bigint) as exporters_total,
        cast(nullif(sum(all_exports_sek) over (partition by region_code, year), 0) as bigint) as all_exports_total,
        cast(nullif(sum(all_exporters) over (partition by region_code, year), 0) as bigint) as all_exporters_total,
    from filled
),

shares as (
    select
        region_code,
        group_id,
        year,
        exports_sek * 100000 // exports_total * 10000 + exports_sek * 100000 % exports_total * 10000 // exports_total as exports_share,
        exporters * 100000 // exporters_total * 10000 + exporters * 100000 % exporters_total * 10000 // exporters_total as exporters_share,
        all_exports_sek * 100000 // all_exports_total * 10000 + all_exports_sek * 100000 % all_exports_total * 10000 // all_exports_total as all_exports_share,
        all_exporters * 100000 // all_exporters_total * 10000 + all_exporters * 100000 % all_exporters_total * 10000 // all_exporters_total as all_exporters_share,
    from totalled
),

moves as (
    select
        final.region_code,
        totals.share_of,
        nullif(base.year, final.year) as base_year,
        final.year as final_year,
        case totals.share_of
            when 'exports_sek' then final.exports_share
            when 'exporters' then final.exporters_share
            when 'all_exports_sek' then final.all_exports_share
            else final.all_exporters_share
        end as final_share,
        case
            when base.year = final.year then 0
            when totals.share_of = 'exports_sek' then base.exports_share
            when totals.share_of = 'exporters' then base.exporters_share
            when totals.share_of = 'all_exports_sek' then base.all_exports_share
            else base.all_exporters_share
        end as base_share,
    from shares as final
    inner join shares as base
        on final.region_code = base.region_code
        and final.group_id = base.group_id
        and final.year >= base.year
    cross join (values ('exports_sek'), ('exporters'), ('all_exports_sek'), ('all_exporters')) as totals (share_of)
)

select
    cast(region_code as varchar) as region_code,
    cast(share_of as varchar) as share_of,
    cast(base_year as bigint) as base_year,
    cast(final_year as bigint) as final_year,
    cast(sum((final_share - base_share) * (final_share - base_share)) as bigint) as squared,
    cast(max(abs(final_share - base_share)) as bigint) as furthest,
    cast(max(greatest(final_share, base_share)) as bigint) as largest_share,
from moves
group by region_code, share_of, base_year, final_year
