-- Every cell holds a figure or a symbol that says why not.
-- remedy: Ask the publisher for the figure or the symbol: ".." withheld, "-" nothing to report.
select
    figures.statistic as about,
    figures.quantity,
    figures.region_code,
    figures.year,
    figures.class_code,
    concat('no ', figures.quantity, ': an empty cell, an error of Excel, or "."') as found,
    'a figure, ".." or "-"' as expected,
from staging.figures as figures
join run.years as years using (statistic, year)
join catalogue.statistics as statistics using (statistic)
where figures.status = 'missing' and not statistics.is_yardstick
