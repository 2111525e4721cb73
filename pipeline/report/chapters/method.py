"""The method, and the sources."""

from collections.abc import Iterator

from pipeline.award import Award
from pipeline.report import columns
from pipeline.report.blocks import Block, Bullets, Cell, Inline, Link, Paragraph, Section, Strong, Table
from pipeline.report.chapters.peers import measures
from pipeline.report.context import Context
from pipeline.report.words import Code
from pipeline.settings import Words


def method(context: Context) -> Section:
    """The chapter on the method."""
    award, language = context.award, context.language
    choice, peers = award.ranking, award.peers
    text = context.say(
        "method.method",
        normalisation=context.say(f"method.normalisation.{choice.normalisation}"),
        aggregation=context.say(f"method.aggregation.{choice.aggregation}"),
        ties=context.say(f"method.ties.{choice.ties}"),
        candidates=choice.candidates,
    )
    if any(context.award.catalogue.statistics[name].at_year_end for name in award.statistic_years):
        text += " " + context.say(f"method.denominator.{choice.denominator}")
    share = language.percent(award.report.small_base_share)
    definitions = map(_term, (*_declared(context, "definitions"), *language.several("method.definition_list")))
    rules = (_term(rule.format(share=share)) for rule in language.several("method.rule_list"))
    limits = ((limit,) for limit in (*_declared(context, "limits"), *language.several("method.limit_list")))
    blocks: list[Block] = [
        Paragraph((text,)),
        _reason(context, choice.reason),
        _reason(context, award.window.reason),
        *_levels(context),
        _indicators(context),
        *_goalposts(context),
        *([Paragraph((context.say("peers.method", measures=measures(context)),)), _reason(context, peers.reason)] if peers else []),
        Section("definitions", context.say("method.definitions"), (Bullets(tuple(definitions), "definitions"),)),
        Section("rules", context.say("method.rules"), (Bullets(tuple(rules)),)),
        Section("exceptions", context.say("method.exceptions"), (_exceptions(context),)),
        Section("limits", context.say("method.limits"), (Bullets(tuple(limits)),)),
    ]
    return Section("method", context.say("method.title"), tuple(blocks))


def _reason(context: Context, reason: Words) -> Paragraph:
    text, language = context.text(reason)
    return Paragraph((text,), "", language)


def _levels(context: Context) -> Iterator[Block]:
    """The themes, each with its weight, its indicators with their weights in it, and its reason; and the rule for what is partly known."""
    award, say = context.award, context.say
    if award.themes:
        lines = []
        for theme in award.themes:
            within = [one for one in context.weighing if one.theme == theme.name]
            parts = "; ".join(f"{context.labels[one.name]}: {one.weight / theme.weight}" for one in within)
            text = f" {say('method.theme_weight', weight=theme.weight)}. {parts}. "
            label = context.passage(theme.label)
            begins = (Strong(f"{label}:"),) if isinstance(label, str) else (label, ":")
            lines.append((*begins, text, context.passage(theme.reason)))
        yield Paragraph((say("method.themes"),))
        yield Bullets(tuple(lines))
    if rule := award.ranking.partly_known:
        text = say("method.partly_known", indicators=rule.indicators, themes=rule.themes)
        yield Paragraph((f"{text} ", context.passage(rule.reason)))


def _goalposts(context: Context) -> Iterator[Block]:
    """Between which goalposts the scores are measured, and why there."""
    if context.award.fixed:
        yield Paragraph((context.say("method.goalposts"),))
        yield Bullets(tuple((f"{goalposts(context, name)} ", context.passage(one.reason)) for name, one in context.award.fixed.items()))


def goalposts(context: Context, name: str) -> str:
    """The goalposts of an indicator as a sentence."""
    one = context.award.fixed[name]
    lowest, highest = (context.shown(name, end) for end in one.ends)
    text = context.say(f"method.goalposts_{'clip' if one.clip else 'open'}", label=context.labels[name], lowest=lowest, highest=highest)
    return f"{text} {context.say('method.goalposts_from', round=one.round)}" if one.round else text


def _declared(context: Context, kind: str) -> list[str]:
    """The definitions or the limits that the catalogue declares for the classes and statistics of the round, each once."""
    catalogue, code = context.award.catalogue, context.language.code
    statistics = [catalogue.statistics[name] for name in context.award.statistic_years]
    classes = dict.fromkeys(name for statistic in statistics for name in statistic.classes)
    things = [*(catalogue.classes[name] for name in classes), *statistics]
    return list(dict.fromkeys(text for thing in things for text in getattr(getattr(thing, code), kind)))


def credits_(context: Context) -> list[str]:
    """Whom figures and outlines are credited to; that illustrative figures are credited to nobody."""
    own = credits_of_statistics(context.award, context.language.code)
    own += [context.say("sources.credit_illustrative")] if context.illustrative else []
    credit = context.language.nouns.map_credit if context.award.catalogue.geography.outlines else ""
    return own + ([credit] if credit else [])


def credits_of_statistics(award: Award, code: Code) -> list[str]:
    """Whom the figures of a round are credited to, each once."""
    credits_ = (getattr(award.catalogue.statistics[name], code).credit for name in award.statistic_years)
    return [credit for credit in dict.fromkeys(credits_) if credit]


def _indicators(context: Context) -> Table:
    rows = tuple(
        (
            Cell(context.labels[indicator.name]),
            Cell(indicator.name),
            Cell(str(indicator.weight) if indicator.weight else context.say("method.shown_only")),
            Cell(context.say(f"method.direction.{indicator.direction}")),
            context.cell(indicator.reason),
        )
        for indicator in context.award.indicators
    )
    caption, numeric = context.say("method.indicators_caption"), (False, False, True, False, False)
    headings = context.language.headings("indicator", "name", "weight", "best_is", "reason")
    return Table("table-indicators", caption, headings, numeric, rows)


def _exceptions(context: Context) -> Block:
    rows = context.tables["validation.exceptions"]
    if not rows:
        return Paragraph((context.say("shared.none"),))
    headings = context.language.headings("audit", "region", "year", "class", "found", "reason")
    cells = tuple(
        (
            *(Cell(str(text or "")) for text in (row["audit"], row["region_code"], row["year"], context.classes(row), row["found"])),
            context.cell(row["reason"]),
        )
        for row in rows
    )
    return Table("table-exceptions", context.say("method.exceptions"), headings, (False,) * len(headings), cells)


def sources(context: Context) -> Section:
    """The chapter on the sources."""
    blocks: tuple[Block, ...] = (
        columns.table("table-sources", context.say("sources.caption"), columns.sources(context), context.sources.entries),
        *(Paragraph((text,)) for text in credits_(context)),
        *_accessibility(context),
    )
    return Section("sources", context.say("sources.title"), blocks)


def _accessibility(context: Context) -> Iterator[Paragraph]:
    """The publisher's accessibility statement, where the award has its address."""
    publication = context.award.publication
    if publication and publication.accessibility:
        yield Paragraph((Link(context.say("sources.accessibility"), publication.accessibility),))


def _term(text: str) -> Inline:
    """A text "term: meaning" with the term standing out."""
    term, meaning = text.split(": ", 1)
    return (Strong(f"{term}:"), f" {meaning}")
