"""The first page: who is proposed, why, how sure that is, what is unknown, and whether it may be used; with a table and a map."""

from collections.abc import Iterable, Sequence

from pipeline.declarations import within
from pipeline.report import columns
from pipeline.report.blocks import Block, Bullets, Inline, Paragraph, Picture, Section, Strong, Table
from pipeline.report.chapters import about
from pipeline.report.chapters.changes import illustrative_before
from pipeline.report.chapters.ranking import largest, parts_of_scores
from pipeline.report.context import Context, Row
from pipeline.report.traces import Figure

CLOSE = 0.01
"""A difference between shares of all combinations below which neither is said to be the larger; the report says it."""


def summary(context: Context, score_map: Picture | None) -> Section:
    """The chapter."""
    blocks: list[Block] = [*answers(context), candidates_table(context), *([score_map] if score_map else []), about.data(context)]
    return Section("summary", context.say("summary.title"), tuple(blocks), "summary")


def answers(context: Context) -> list[Paragraph | Bullets]:
    """Who is proposed, why, how sure that is, what is unknown, and whether it may be used."""

    def answer(question: str, sentences: Iterable[Inline]) -> Paragraph:
        return Paragraph((Strong(context.say(f"summary.question.{question}")), *(run for each in sentences for run in (" ", *each))))

    def plain(sentences: list[str]) -> list[Inline]:
        return [(sentence,) for sentence in sentences]

    names = context.language.listed(row["region_name"] for row in context.proposed)
    all_ranked = [context.say("summary.all_ranked")] if all(row["rank"] for row in context.ranking) else []
    unknown = (*warnings(context), *_no_evidence(context))
    return [
        Paragraph((context.say("summary.lead", regions=names),), "lead"),
        answer("why", _why(context)),
        answer("how_sure", plain([*_how_sure(context), *_beside_outside(context)])),
        answer("unknown", plain(all_ranked)),
        *([Bullets(unknown)] if unknown else []),
        answer("usable", plain(_may_be_used(context))),
    ]


def answers_as_text(context: Context) -> list[str]:
    """The answers for formats whose texts have no parts, a line each."""
    lines = [item for block in answers(context) for item in (block.items if isinstance(block, Bullets) else (block.text,))]
    return ["".join(run if isinstance(run, str) else run.text for run in line) for line in lines]


def _why(context: Context) -> list[Inline]:
    """What brings each candidate most of its score; where that is no sum, in what each is strongest."""
    parts_of, gives = parts_of_scores(context), dict[str, list[str]]()
    for code in context.candidates:
        places = {one.name: -context.places[one.name][code] for one in context.weighing if code in context.places.get(one.name, {})}
        if of_one := parts_of[code] if parts_of else places:
            gives.setdefault(largest(of_one), []).append(code)
    listed = context.language.listed
    sentences: list[Inline] = []
    for name, codes in gives.items():
        codes.sort(key=lambda code: context.places[name][code])
        most = context.say(
            "summary.most" if parts_of else "summary.strongest",
            regions=listed(context.names[code] for code in codes),
            label=within(context.labels[name]),
            places=listed(str(context.places[name][code]) for code in codes),
            all=len(context.places[name]),
        )
        sentences += [(most,), *_last_year(context, name, codes)]
    return sentences


def _last_year(context: Context, name: str, codes: Sequence[str]) -> list[Inline]:
    """The last year of an indicator's window, of the regions in which that went the other way than the whole window; in a sentence."""
    lasts = {code: last for code in codes if (last := context.traces.last_year(name, code)) is not None}
    if not lasts:
        return []
    final = context.traces.row(name, codes[0])["final_year"]
    years = (final - 1, final)
    runs: list[str | Figure] = [context.say("summary.last_year", years=context.language.span(*years))]
    for number, (code, last) in enumerate(lasts.items()):
        figure = context.traces.growth_figure(name, code, years, last, context.language.percent(last, signed=True))
        runs += [f"{', ' if number else ' '}{context.names[code]} ", figure]
    return [(*runs, ".")]


def _how_sure(context: Context) -> list[str]:
    """The verdicts on the candidates, a sentence each."""
    alike: dict[tuple[str, str, str], list[str]] = {}
    for row in context.tables["robustness.verdicts"]:
        if row["is_candidate"]:
            kind = row["verdict"].split("_")[0]
            alike.setdefault((kind, context.verdict(row), about.how_many(context, row)), []).append(row["region_code"])
    return [
        context.say(
            f"summary.holds.{kind}",
            regions=context.language.listed(context.names[code] for code in codes),
            verdict=verdict,
            how_many=how_many,
        )
        for (kind, verdict, how_many), codes in alike.items()
    ]


def _beside_outside(context: Context) -> list[str]:
    """The candidates that are one in about as many combinations as the likeliest region outside, or in fewer; a sentence each."""
    shares = context.by_region("robustness.joint_shares")
    sentences = []
    for other in _likeliest_outside(context):
        for candidate in context.proposed:
            lead = shares[candidate["region_code"]]["joint_share"] - shares[other["region_code"]]["joint_share"]
            if lead < CLOSE:
                key = "summary.about_as_often" if lead > -CLOSE else "summary.less_often"
                sentences.append(context.say(key, region=candidate["region_name"], other=other["region_name"]))
    return sentences


def _no_evidence(context: Context) -> list[Inline]:
    """The candidates of which nothing but statistics is known, in a sentence."""
    names = [row["region_name"] for row in context.proposed if not about.statements(context, row["region_code"])]
    return [(context.say("summary.no_evidence", regions=context.language.listed(names)),)] if names else []


def _may_be_used(context: Context) -> list[str]:
    may = context.say("summary.not_yet" if context.illustrative else "summary.usable")
    return [may, *illustrative_before(context), context.say("summary.people_nominate")]


def warnings(context: Context) -> list[Inline]:
    """What to know before the figures are used, a sentence each."""
    partly = [row["region_name"] for row in context.ranking if context.unknown(row)]
    sentences = [*could_take_a_place(context), *_others_unranked(context)]
    sentences += [context.say("summary.partly_known", regions=context.language.listed(partly))] if partly else []
    return [*((text,) for text in sentences), *_waivers(context), *((text,) for text in _marks(context))]


def could_take_a_place(context: Context) -> list[str]:
    """The regions that cannot be ranked, but could be among the candidates with what is published; a sentence each."""
    return [
        context.say("summary.could_take_place", region=context.names[code], places=context.language.span(best, worst or best))
        for code, (best, worst) in _possible_places(context).items()
        if best is not None and best <= _last_place(context)
    ]


def _others_unranked(context: Context) -> list[str]:
    """The other regions that cannot be ranked, in a sentence."""
    others = [code for code, (best, _) in _possible_places(context).items() if best is None or best > _last_place(context)]
    names = context.language.listed(context.names[code] for code in others)
    return [context.say("summary.unranked", regions=names)] if others else []


def _possible_places(context: Context) -> dict[str, tuple[int | None, int | None]]:
    """Between which places each unranked region could stand; None where nothing bounds its figures."""
    return {row["region_code"]: (row["best_rank"], row["worst_rank"]) for row in context.tables["robustness.unranked"]}


def _last_place(context: Context) -> int:
    last: int = max((row["rank"] for row in context.proposed), default=0)
    return last


def _waivers(context: Context) -> list[Inline]:
    """Why the award accepts growth across two series, each reason once."""
    exceptions = context.tables["validation.exceptions"]
    years = {row["reason"]: row["year"] for row in exceptions if row["audit"] == "growth_across_series"}
    return [(f"{context.say('summary.across_series', year=year)} ", context.passage(reason)) for reason, year in years.items()]


def _marks(context: Context) -> list[str]:
    """What the publisher says of years of the window, such as that they are preliminary; a sentence each."""
    catalogue, code = context.award.catalogue, context.language.code
    years = {year for indicator in context.award.indicators for year in context.award.years_of(indicator)}
    sentences = []
    for source in (source for source in context.sources.entries.values() if source.table in catalogue.statistics):
        marked: dict[str, list[int]] = {}
        for year in sorted(years):
            for mark in source.marks_of(year):
                marked.setdefault(mark, []).append(year)
        for mark, of_years in marked.items():
            meaning = catalogue.geography.files.meaning(mark, code)
            sentences.append(
                context.say(
                    "summary.marks", statistic=context.statistic(source.table), years=", ".join(map(str, of_years)), meaning=meaning
                )
            )
    return sentences


def candidates_table(context: Context) -> Table:
    """The candidates, the first and the likeliest region outside, and the whole: the figures that weigh, and the verdict."""
    outside = dict.fromkeys(row["region_code"] for row in (*_first_outside(context), *_likeliest_outside(context)))
    how_sure = (columns.verdict(context), columns.joint_share(context))
    return columns.table(
        "table-summary",
        context.say("summary.caption", window=context.window),
        [columns.place(context), columns.region(context), *columns.values(context, context.weighing), *how_sure],
        [*context.candidates, *outside, *context.wholes],
        context.say("summary.combinations"),
        row_heading=1,
    )


def _first_outside(context: Context) -> list[Row]:
    """The first region that is not proposed, or those that share its place."""
    others = [row for row in context.ranking if row["rank"] and not row["is_candidate"]]
    return [row for row in others if row["rank"] == others[0]["rank"]]


def _likeliest_outside(context: Context) -> list[Row]:
    """The region that is not proposed and is a candidate in most combinations; none where none is in any."""
    shares = context.by_region("robustness.joint_shares")
    others = [row for row in context.ranking if not row["is_candidate"] and shares[row["region_code"]]["joint_share"]]
    return [max(others, key=lambda row: shares[row["region_code"]]["joint_share"])] if others else []
