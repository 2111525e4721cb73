"""The first page: who is proposed, why, how sure that is, what is unknown, and whether it may be used; with a table and a map."""

from pipeline.declarations import within
from pipeline.report import columns
from pipeline.report.blocks import Block, Bullets, Inline, Paragraph, Picture, Section, Strong, Table
from pipeline.report.chapters import about
from pipeline.report.chapters.changes import illustrative_before
from pipeline.report.chapters.ranking import largest, parts_of_scores
from pipeline.report.context import Context, Row


def summary(context: Context, score_map: Picture | None) -> Section:
    """The chapter."""
    blocks: list[Block] = [*answers(context), candidates_table(context), *([score_map] if score_map else []), about.data(context)]
    return Section("summary", context.say("summary.title"), tuple(blocks), "summary")


def answers(context: Context) -> list[Paragraph | Bullets]:
    """Who is proposed, why, how sure that is, what is unknown, and whether it may be used."""

    def answer(question: str, sentences: list[str]) -> Paragraph:
        return Paragraph((Strong(context.say(f"summary.question.{question}")), *(f" {sentence}" for sentence in sentences)))

    names, warned = context.language.listed(row["region_name"] for row in context.proposed), tuple(warnings(context))
    return [
        Paragraph((context.say("summary.lead", regions=names),), "lead"),
        answer("why", _why(context)),
        answer("how_sure", _how_sure(context)),
        answer("unknown", _unknown(context)),
        *([Bullets(warned)] if warned else []),
        answer("usable", _may_be_used(context)),
    ]


def answers_as_text(context: Context) -> list[str]:
    """The answers for formats whose texts have no parts, a line each."""
    lines = [item for block in answers(context) for item in (block.items if isinstance(block, Bullets) else (block.text,))]
    return ["".join(run if isinstance(run, str) else run.text for run in line) for line in lines]


def _why(context: Context) -> list[str]:
    """What brings each candidate most of its score; where that is no sum, in what each is strongest."""
    parts_of, gives = parts_of_scores(context), dict[str, list[str]]()
    for code in context.candidates:
        places = {one.name: -context.places[one.name][code] for one in context.weighing if code in context.places.get(one.name, {})}
        if of_one := parts_of[code] if parts_of else places:
            gives.setdefault(largest(of_one), []).append(code)
    for name, codes in gives.items():
        codes.sort(key=lambda code: context.places[name][code])
    listed = context.language.listed
    return [
        context.say(
            "summary.most" if parts_of else "summary.strongest",
            regions=listed(context.names[code] for code in codes),
            label=within(context.labels[name]),
            places=listed(str(context.places[name][code]) for code in codes),
            all=len(context.places[name]),
        )
        for name, codes in gives.items()
    ]


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


def _unknown(context: Context) -> list[str]:
    """That every region is ranked, where so; and the candidates of which nothing but statistics is known."""
    ranked = all(row["rank"] for row in context.ranking)
    names = [row["region_name"] for row in context.proposed if not about.statements(context, row["region_code"])]
    sentences = [context.say("summary.all_ranked")] if ranked else []
    return [*sentences, *([context.say("summary.no_evidence", regions=context.language.listed(names))] if names else [])]


def _may_be_used(context: Context) -> list[str]:
    may = context.say("summary.not_yet" if context.illustrative else "summary.usable")
    return [may, *illustrative_before(context), context.say("summary.people_nominate")]


def warnings(context: Context) -> list[Inline]:
    """What to know before the figures are used, a sentence each."""
    partly = [row["region_name"] for row in context.ranking if context.unknown(row)]
    sentences = [context.say("summary.partly_known", regions=context.language.listed(partly))] if partly else []
    sentences += [*could_take_a_place(context), *_others_unranked(context)]
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
    """The candidates, the first region outside, and the whole: the figures that weigh, and the verdict."""
    how_sure = (columns.verdict(context), columns.joint_share(context))
    return columns.table(
        "table-summary",
        context.say("summary.caption", window=context.window),
        [columns.place(context), columns.region(context), *columns.values(context, context.weighing), *how_sure],
        [*context.candidates, *(row["region_code"] for row in _first_outside(context)), *context.wholes],
        context.say("summary.combinations"),
        row_heading=1,
    )


def _first_outside(context: Context) -> list[Row]:
    """The first region that is not proposed, or those that share its place."""
    others = [row for row in context.ranking if row["rank"] and not row["is_candidate"]]
    return [row for row in others if row["rank"] == others[0]["rank"]]
