"""Make the two illustrative export workbooks in data/raw.

No county table of the special order behind Årets exportregion is public. These workbooks stand in for it: real
population, the published figures of the production-place series as anchors, and stated assumptions for all the rest.
What no source tells is drawn from one distribution for every county, so that nothing is tuned towards a region.

    python data/make_illustrative_exports.py data/raw

The same script gives the same cells everywhere. After a change, record the new sha256 in data/raw/sources.toml.
"""

import csv
import datetime
import math
import random
import sys
from pathlib import Path

import xlsxwriter

YEARS = (2016, 2017, 2018, 2019, 2020, 2021)
SIZE_CLASSES = ("0–9", "10–49", "50–249", "250–")
SME_CLASSES = SIZE_CLASSES[:3]
NATION = "00"
SEED = 20211022

# All goods exports in 2020, thousand SEK per inhabitant. Published: 25, 07, 10, 14, and in total for 01 and 12.
# The others: levels in keeping with each county's industry, below the four published leaders.
# Gotland and Jämtland have the two lowest values, as published.
GOODS_PER_CAPITA_2020 = {
    "01": 278.2e6 / 2391990,
    "03": 92.0,
    "04": 124.0,
    "05": 131.0,
    "06": 151.0,
    "07": 181.1,
    "08": 106.0,
    "09": 33.0,
    "10": 177.2,
    "12": 117.2e6 / 1389336,
    "13": 86.0,
    "14": 301.2e6 / 1734443,
    "17": 97.0,
    "18": 111.0,
    "19": 162.0,
    "20": 139.0,
    "21": 158.0,
    "22": 126.0,
    "23": 39.0,
    "24": 102.0,
    "25": 190.1,
}

# Growth of all goods exports 2020–2021. Published: 32 % for Norrbotten; 27–28 % for Västerbotten, Uppsala and Jämtland in
# this order; then the order of the chart's labels with the nation (14 %) twelfth. Skåne, where the labels break off, and
# those after it are assumed to lie below. Stockholm takes what the nation's 14 % leaves.
GOODS_GROWTH_2021 = {
    "25": 0.320,
    "24": 0.279,
    "03": 0.276,
    "23": 0.272,
    "07": 0.225,
    "10": 0.205,
    "17": 0.190,
    "14": 0.180,
    "13": 0.170,
    "06": 0.160,
    "08": 0.150,
    "04": 0.130,
    "18": 0.120,
    "21": 0.110,
    "12": 0.100,
    "05": 0.090,
    "20": 0.085,
    "22": 0.075,
    "19": 0.060,
    "09": 0.050,
}
NATIONAL_GROWTH_2021 = 0.140

# Growth of all goods exports 2016–2021. Published: 98 % for Norrbotten, the highest; 7–10 % for Västmanland and Gotland, the
# lowest; Västerbotten, Jämtland and Kronoberg strong. The others spread around one growth, found so that the nation has 36 %.
GOODS_GROWTH_2016_2021 = {"25": 0.980, "24": 0.700, "23": 0.660, "07": 0.620, "19": 0.095, "09": 0.080}
NATIONAL_GROWTH_2016_2021 = 0.360
GROWTH_SPREAD = 0.03

# The nation's path between: 2017 about 10 % above 2016, as national statistics show; −6.2 % from 2019 to 2020; 2018 midway.
NATIONAL_GROWTH_2017 = 0.095
NATIONAL_GROWTH_2020 = -0.062

# SME goods exports per inhabitant, thousand SEK, where published: levels and growth for Norrbotten, growth for Halland.
NORRBOTTEN_SME_2016 = 24.55
NORRBOTTEN_SME_GROWTH = {2019: 0.700, 2020: 0.410, 2021: 0.803}
HALLAND_SME_GROWTH_2020 = 0.270

# SMEs' share of all goods exports in 2020: about a third in the nation, less where a few large exporters dominate,
# nearly everything on Gotland. SMEs' growth elsewhere is drawn, below Norrbotten's published record.
SME_SHARE_2020 = {
    "01": 0.30, "03": 0.31, "04": 0.22, "05": 0.27, "06": 0.42, "07": 0.26, "08": 0.41, "09": 0.90, "10": 0.19, "12": 0.44, "13": 0.43,
    "14": 0.21, "17": 0.29, "18": 0.28, "19": 0.20, "20": 0.22, "21": 0.19, "22": 0.21, "23": 0.72, "24": 0.31,
}  # fmt: skip
SME_GROWTH_2020 = (0.16, 0.08)
SME_GROWTH_2021 = (0.12, 0.04)
SME_GROWTH_BELOW = 0.70
SME_SPLIT = (0.12, 0.27, 0.61)

# Exporting SMEs per 100 000 inhabitants in 2020. Published: 363 in Halland; "large and increasing" in Skåne, read as well
# above the nation and rising. A firm counts once in each county where it produces, so the nation has fewer than the counties' sum.
HALLAND_EXPORTERS_2020 = 363
SKANE_EXPORTERS_2020 = 335
EXPORTERS_2020 = (285, 45)
EXPORTERS_YEARLY_GROWTH = (0.006, 0.010)
EXPORTERS_SPLIT = (0.62, 0.27, 0.11)
LARGE_EXPORTERS_2020 = 6
COUNTED_ONCE_IN_THE_NATION = (0.98, 0.94, 0.86, 0.48)

# Services exports in 2020, thousand SEK per inhabitant, concentrated in the large cities; growth drawn, with the dip of 2020.
SERVICES_PER_CAPITA_2020 = {"01": 150.0, "14": 68.0, "12": 50.0, "03": 38.0, "05": 32.0}
SERVICES_ELSEWHERE_2020 = (20.0, 4.0)
SERVICES_GROWTH_2020 = (0.12, 0.07)
SERVICES_CYCLE = {2017: 0.00, 2018: 0.02, 2019: 0.12, 2021: 0.08}

# Gotland gets its first large goods exporter in 2017. Its two largest classes are withheld in 2020, and the same cells of
# Jämtland with them: else the nation's margin would reveal Gotland's.
GOTLAND_SME_SHARE = {2016: 1.0, 2017: 0.96, 2018: 0.93, 2019: 0.91, 2020: 0.90, 2021: 0.90}
WITHHELD = {(county, 2020, size_class) for county in ("09", "23") for size_class in ("50–249", "250–")}


def read_population(raw: Path) -> tuple[dict[tuple[str, int], int], dict[str, str]]:
    with (raw / "population_by_county.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return (
        {(row["region_code"], int(row["year"])): int(row["population"]) for row in rows},
        {row["region_code"]: row["region_name"] for row in rows},
    )


def all_goods(population: dict[tuple[str, int], int], counties: list[str], draw: random.Random) -> dict[tuple[str, int], float]:
    """All firms' goods exports by county and year, thousand SEK."""
    value = {(county, 2020): GOODS_PER_CAPITA_2020[county] * population[county, 2020] for county in counties}
    nation = {2020: sum(value.values())}
    nation[2021] = nation[2020] * (1 + NATIONAL_GROWTH_2021)
    nation[2016] = nation[2021] / (1 + NATIONAL_GROWTH_2016_2021)
    nation[2019] = nation[2020] / (1 + NATIONAL_GROWTH_2020)
    nation[2017] = nation[2016] * (1 + NATIONAL_GROWTH_2017)
    nation[2018] = math.sqrt(nation[2017] * nation[2019])

    for county, growth in GOODS_GROWTH_2021.items():
        value[county, 2021] = value[county, 2020] * (1 + growth)
    value["01", 2021] = nation[2021] - sum(value[county, 2021] for county in GOODS_GROWTH_2021)

    for county, growth in GOODS_GROWTH_2016_2021.items():
        value[county, 2016] = value[county, 2021] / (1 + growth)
    others = [county for county in counties if county not in GOODS_GROWTH_2016_2021]
    left = nation[2016] - sum(value[county, 2016] for county in GOODS_GROWTH_2016_2021)
    spread = {county: value[county, 2020] * math.exp(draw.gauss(0, GROWTH_SPREAD)) for county in others}
    for county in others:
        value[county, 2016] = spread[county] * left / sum(spread.values())

    for year in (2017, 2018, 2019):
        way = (year - 2016) / 4
        path = {
            county: value[county, 2016] ** (1 - way) * value[county, 2020] ** way * math.exp(draw.gauss(0, 0.015)) for county in counties
        }
        scale = nation[year] / sum(path.values())
        for county in counties:
            value[county, year] = path[county] * scale
    return value


def sme_goods(
    population: dict[tuple[str, int], int], counties: list[str], goods: dict[tuple[str, int], float], draw: random.Random
) -> dict[tuple[str, int], float]:
    """SMEs' goods exports by county and year, thousand SEK."""
    value = {}
    for county in counties:
        to_2020 = min(draw.gauss(*SME_GROWTH_2020), 0.40)
        to_2021 = draw.gauss(*SME_GROWTH_2021)
        bends = {year: draw.gauss(0, 0.015) for year in (2017, 2018, 2019)}
        if county == "09":
            value.update({(county, year): goods[county, year] * GOTLAND_SME_SHARE[year] for year in YEARS})
            continue
        if county == "25":
            growth = {2016: 0.0, **NORRBOTTEN_SME_GROWTH}
            growth |= {2017: 1.70 ** (1 / 3) - 1, 2018: 1.70 ** (2 / 3) - 1}
            value.update({(county, year): NORRBOTTEN_SME_2016 * (1 + growth[year]) * population[county, year] for year in YEARS})
            continue
        if county == "13":
            to_2020 = HALLAND_SME_GROWTH_2020
        per_capita = {2020: GOODS_PER_CAPITA_2020[county] * SME_SHARE_2020[county]}
        per_capita[2016] = per_capita[2020] / (1 + to_2020)
        per_capita[2021] = min(per_capita[2020] * (1 + to_2021), per_capita[2016] * (1 + SME_GROWTH_BELOW))
        for year in (2017, 2018, 2019):
            cycle = {2017: 0.03, 2018: 0.05, 2019: 0.06}[year]
            way = (year - 2016) / 4
            per_capita[year] = per_capita[2016] ** (1 - way) * per_capita[2020] ** way * math.exp(cycle + bends[year])
        value.update({(county, year): per_capita[year] * population[county, year] for year in YEARS})
    return value


def split(total: int, shares: tuple[float, ...]) -> list[int]:
    """Whole parts of a whole total, the last part taking the rest."""
    parts = [round(total * share / sum(shares)) for share in shares[:-1]]
    return [*parts, total - sum(parts)]


def goods_cells(raw: Path) -> dict[tuple[str, int, str], tuple[int, int]]:
    """(thousand SEK, exporters) by region, year and size class, the nation and the total of the classes included."""
    population, _ = read_population(raw)
    counties = sorted({county for county, _ in population} - {NATION})
    draw = random.Random(SEED)
    goods = all_goods(population, counties, draw)
    smes = sme_goods(population, counties, goods, draw)
    cells = {}
    for county in counties:
        level = {"13": HALLAND_EXPORTERS_2020, "12": SKANE_EXPORTERS_2020}.get(county, draw.gauss(*EXPORTERS_2020))
        growth = abs(draw.gauss(*EXPORTERS_YEARLY_GROWTH)) if county == "12" else draw.gauss(*EXPORTERS_YEARLY_GROWTH)
        sme_split = tuple(share * math.exp(draw.gauss(0, 0.1)) for share in SME_SPLIT)
        exporter_split = tuple(share * math.exp(draw.gauss(0, 0.05)) for share in EXPORTERS_SPLIT)
        for year in YEARS:
            sme, everything = round(smes[county, year]), round(goods[county, year])
            values = [*split(sme, sme_split), everything - sme]
            exporting = round(level * (1 + growth) ** (year - 2020) * population[county, year] / 100_000)
            large = max(1, round(LARGE_EXPORTERS_2020 * population[county, 2020] / 100_000))
            counts = [*split(exporting, exporter_split), large if values[3] else 0]
            for size_class, value, count in zip(SIZE_CLASSES, values, counts, strict=True):
                cells[county, year, size_class] = (value, count)
    for year in YEARS:
        for size_class, once in zip(SIZE_CLASSES, COUNTED_ONCE_IN_THE_NATION, strict=True):
            parts = [cells[county, year, size_class] for county in counties]
            cells[NATION, year, size_class] = (sum(value for value, _ in parts), round(sum(count for _, count in parts) * once))
        for region in [NATION, *counties]:
            parts = [cells[region, year, size_class] for size_class in SIZE_CLASSES]
            cells[region, year, "Totalt"] = (sum(value for value, _ in parts), sum(count for _, count in parts))
    return cells


def services_cells(raw: Path) -> dict[tuple[str, int], int]:
    """Services exports by region and year, thousand SEK, the nation included."""
    population, _ = read_population(raw)
    counties = sorted({county for county, _ in population} - {NATION})
    draw = random.Random(SEED + 1)
    cells = {}
    for county in counties:
        drawn = draw.gauss(*SERVICES_ELSEWHERE_2020)
        per_capita = SERVICES_PER_CAPITA_2020.get(county, drawn)
        growth = draw.gauss(*SERVICES_GROWTH_2020)
        if county == "12":
            growth = abs(growth)
        for year in YEARS:
            level = per_capita * (1 + growth) ** ((min(year, 2020) - 2020) / 4)
            bend = 0.0 if year in (2016, 2020) else draw.gauss(0, 0.02)
            cells[county, year] = round(level * (1 + SERVICES_CYCLE.get(year, 0.0)) * math.exp(bend) * population[county, year])
    for year in YEARS:
        cells[NATION, year] = sum(cells[county, year] for county in counties)
    return cells


def grouped(number: int, space: str) -> str:
    return f"{number:,}".replace(",", space)


def write_goods(raw: Path, target: Path) -> None:
    cells = goods_cells(raw)
    _, names = read_population(raw)
    with xlsxwriter.Workbook(target) as workbook:
        workbook.set_properties({"title": "Varuexport efter län (illustrativ)", "created": datetime.datetime(2026, 11, 23)})
        bold, note = workbook.add_format({"bold": True}), workbook.add_format({"italic": True})
        right = workbook.add_format({"align": "right"})
        sheet = workbook.add_worksheet("Varuexport")
        sheet.write(0, 0, "Varuexport efter län, år och företagens storleksklass 2016–2021", bold)
        sheet.write(1, 0, "ILLUSTRATIVA VÄRDEN: inte statistik. Framtagna så att de stämmer med publicerade uppgifter.", bold)
        sheet.write(2, 0, "Värdet är fördelat på det län där produktionen sker. Löpande priser, tusental kronor (tkr).", note)
        sheet.write(3, 0, "Storleksklass efter antal anställda. Ett företag räknas en gång i varje län där det har produktion.", note)
        heading = ["Länskod", "Län", "År", "Storleksklass", "Exportvärde, tkr", "Antal exporterande företag"]
        sheet.write_row(5, 0, heading, bold)
        row = 6
        for region in sorted(names):
            for year in YEARS:
                for size_class in (*SIZE_CLASSES, "Totalt"):
                    value, count = cells[region, year, size_class]
                    shown = [grouped(value, "\u00a0"), grouped(count, "\u00a0")]
                    if value == 0 and count == 0:
                        shown = ["-", "-"]
                    if (region, year, size_class) in WITHHELD:
                        shown = ["..", ".."]
                    sheet.write_string(row, 0, region)
                    sheet.write_string(row, 1, names[region])
                    sheet.write_number(row, 2, year)
                    sheet.write_string(row, 3, size_class)
                    sheet.write_string(row, 4, shown[0], right)
                    sheet.write_string(row, 5, shown[1], right)
                    row += 1
        sheet.write(row + 1, 0, ".. Uppgiften är sekretessbelagd eller för osäker för att anges.", note)
        sheet.write(row + 2, 0, "- Inget finns att redovisa.", note)
        sheet.set_column(1, 1, 24)
        sheet.set_column(3, 5, 26)
        sheet.freeze_panes(6, 0)


def write_services(raw: Path, target: Path) -> None:
    cells = services_cells(raw)
    _, names = read_population(raw)
    with xlsxwriter.Workbook(target) as workbook:
        workbook.set_properties({"title": "Tjänsteexport efter län (illustrativ)", "created": datetime.datetime(2026, 11, 23)})
        bold, note = workbook.add_format({"bold": True}), workbook.add_format({"italic": True})
        right = workbook.add_format({"align": "right"})
        about = workbook.add_worksheet("Om tabellen")
        about.write(0, 0, "ILLUSTRATIVA VÄRDEN: inte statistik. Framtagna ur redovisade antaganden.", bold)
        sheet = workbook.add_worksheet("Tjänsteexport")
        sheet.write(0, 0, "Tjänsteexport efter län 2016–2021, tusental kronor (tkr), löpande priser", bold)
        sheet.write(1, 0, "ILLUSTRATIVA VÄRDEN: inte statistik. Värdet är fördelat på det län där produktionen sker.", bold)
        sheet.write_row(3, 0, ["Länskod", "Län"], bold)
        sheet.write_row(3, 2, YEARS, bold)
        for offset, region in enumerate([*sorted(set(names) - {NATION}), NATION]):
            sheet.write_string(4 + offset, 0, region)
            sheet.write_string(4 + offset, 1, names[region])
            for column, year in enumerate(YEARS):
                sheet.write_string(4 + offset, 2 + column, grouped(cells[region, year], "\u2009"), right)
        sheet.write(5 + len(names), 0, "Summan av länen är lika med riket.", note)
        sheet.set_column(1, 7, 18)
        sheet.freeze_panes(4, 2)


def main() -> None:
    raw = Path(sys.argv[1]) if len(sys.argv) == 2 else Path(__file__).parent / "raw"
    write_goods(raw, raw / "goods_exports_by_county.xlsx")
    write_services(raw, raw / "services_exports_by_county.xlsx")


if __name__ == "__main__":
    main()
