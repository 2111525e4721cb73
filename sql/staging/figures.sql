-- Every figure of every statistic, in whole units of its currency or count.
-- grain: statistic, quantity, region_code, year, class_code
-- Money is exact to a hundredth, whatever unit the file is written in.
select
    cast(raw.statistic as varchar) as statistic,
    cast(raw.quantity as varchar) as quantity,
    cast(raw.region_code as varchar) as region_code,
    cast(raw.year as bigint) as year,
    cast(raw.class_code as varchar) as class_code,
    if(
        quantities.kind = 'money',
        cast(cast(raw.figure * raw.unit as decimal(38, 2)) as decimal(38, 15)),
        cast(raw.figure * raw.unit as decimal(38, 15))
    ) as amount,
    cast(raw.status as varchar) as status,
    cast(raw.series as varchar) as series,
    cast(raw.unit as bigint) as unit,
    cast(raw.noise as bigint) as noise,
from ingested.figures as raw
join catalogue.quantities as quantities using (statistic, quantity)
