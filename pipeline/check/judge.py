"""What the award's tables say about each claim: pure functions on rows."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from pipeline.check.claim import EVERY, Claim, paragraphs
from pipeline.check.meant import others
from pipeline.check.parts import Window
from pipeline.check.readings import Reading, Tables, fits_unit, ordinal, printed, readings, rounded
from pipeline.check.rounding import last_digit, left_open, rounded_coarsely
from pipeline.check.senses import Form, Scope, Sense
from pipeline.check.tokens import Rank, replace
from pipeline.check.unsaid import as_all_or_a_group

Verdict = Literal["exact", "within the rounding", "wrong", "other concept", "ambiguous", "not checkable"]
NOT_RIGHT: tuple[Verdict, ...] = ("wrong", "other concept")
RIGHT: tuple[Verdict, ...] = ("exact", "within the rounding")
"""What is not right as it is written, and what is."""
ABOUT = Decimal("0.05")
ROUGHLY = Decimal("0.1")
"""How far a figure may be from a number after "cirka"; from a fraction or a doubling, or on one side after "drygt"."""
HARDLY = Decimal("0.005")
"""The part of a number by which a figure may be below "drygt", or above "nästan": 40.9 is over 41 to all who round."""
COARSE = {"money": 0, "": 1000}
"""From which number on an amount, or a count, may be rounded more coarsely than it is written."""
AMONG_THE_FIRST, NOT_AMONG_THEM = 0.25, 0.5
"""A region in the first quarter of all is "among the highest"; one in the second half is not."""
UNLIKE = Decimal("2.5")
"""Two that differ by so many times what "lika stor" leaves are not alike; between the two it is not checkable."""
FAR = 50
"""A figure so many times larger or smaller than what is written is not what the writer means, if it can be another one."""
REASONS = {
    "withheld": "the figure is withheld: it exists and is not published",
    "missing": "the figure is missing in the data",
    "undefined": "there is no such figure: it would be divided by zero",
    "series-break": "growth across two series is refused",
}


@dataclass(frozen=True)
class Finding:
    """The verdict on a claim, and why: the reading, the unrounded figure in the claim's unit, and as it would be printed.

    readings: all that the claim can mean, each with the verdict as which it would count.
    """

    claim: Claim
    verdict: Verdict
    explanation: str
    reading: Reading | None = None
    figure: float | None = None
    shown: str | None = None
    readings: tuple[tuple[Reading, Verdict], ...] = ()


def judge(claims: Sequence[Claim], tables: Tables) -> list[Finding]:
    """A finding for each claim, in their order."""
    mentioned = list(dict.fromkeys(claim.region for claim in claims if claim.region))
    findings: list[Finding] = []
    before: list[Claim] = []
    for paragraph in paragraphs(claims):
        found = as_all_or_a_group(
            [_with_also(claim, tables, mentioned) for claim in paragraph], lambda one: _with_also(one, tables, mentioned)
        )
        for sentence, of_it in itertools.groupby(found, key=lambda finding: finding.claim.sentence):
            own = list(of_it)
            beside = [*(finding.claim for finding in own), *([] if sentence.begins else before)]
            findings += [_doubted(finding, beside, tables) for finding in _as_one(own)]
            before = [finding.claim for finding in own]
    return findings


def _with_also(claim: Claim, tables: Tables, mentioned: Sequence[str]) -> Finding:
    """The finding on a claim, or that on what must hold besides where it does not."""
    finding = _judged(claim, tables, mentioned)
    also = [_judged(one, tables, ()) for one in claim.also if finding.verdict in RIGHT]
    return next((replace(one, claim=replace(claim, doubts=())) for one in also if one.verdict not in RIGHT), finding)


def _as_one(findings: Sequence[Finding]) -> list[Finding]:
    """The findings on a sentence as those of the only scope and form under which its claims, two or more of them, all hold.

    A single claim stays ambiguous: that its figure fits one of its readings is no evidence that this is the one meant.
    """
    open_ = [one for one in findings if len(one.readings) > 1 or one.claim.of_all]
    evidence = [one for one in findings if len(one.claim.forms) > 1 or one in open_]
    keys = dict.fromkeys(
        (reading.sense.scope, reading.sense.form)
        for one in evidence
        if one.claim.number and one.claim.number.is_narrow
        for reading, verdict in one.readings
        if verdict in RIGHT and not (reading.is_side and reading.sense.scope in one.claim.sides)
    )
    fitting = [chosen for key in keys if None not in (chosen := [_read_as(one, *key) for one in open_])]
    is_open = any(one.verdict == "ambiguous" for one in open_)
    taken = dict(zip(map(id, open_), fitting[0], strict=True)) if len(fitting) == 1 < len(evidence) and is_open else {}
    return [taken.get(id(one)) or one for one in findings]


def _read_as(finding: Finding, scope: Scope, form: Form) -> Finding | None:
    """A finding of several readings as that of the only right one in a scope and form, where it has more than one of these."""
    senses = [reading.sense for reading, _ in finding.readings]
    fitting = [
        (reading, verdict)
        for reading, verdict in finding.readings
        if (reading.sense.scope == scope or len({one.scope for one in senses}) == 1)
        and (reading.sense.form == form or len({one.form for one in senses}) == 1)
    ]
    right = [reading for reading, verdict in fitting if verdict in RIGHT]
    is_open = any(verdict not in RIGHT and not reading.is_side for reading, verdict in fitting)
    if not right or is_open or len({one.topic for one in senses}) > 1:
        return None
    own = _placed(finding.claim.rank, right[0], finding.claim) if finding.claim.rank else _measured(right[0])
    return replace(own, claim=finding.claim, readings=finding.readings)


def _doubted(finding: Finding, beside: Sequence[Claim], tables: Tables) -> Finding:
    """What is not right as it is read, and right with another year, region or concept of the sentence, is ambiguous.

    What holds under no meaning is wrong only where every word of its part is understood.
    """
    if finding.verdict in NOT_RIGHT and finding.claim.unless_right:
        return _not_checkable(finding.claim, finding.claim.unless_right)
    for doubt in finding.claim.doubts if finding.verdict in NOT_RIGHT else ():
        other = _judged(replace(doubt, doubts=()), tables, None)
        is_vague = doubt.number is not None and doubt.number.written.how in ("over", "under")
        if other.verdict in RIGHT and not is_vague:
            return _ambiguous(finding.claim, [replace(finding, verdict="wrong"), other], ())
    if finding.verdict not in NOT_RIGHT:
        return finding
    for meant in others(finding.claim, [claim for claim in beside if claim.topics]):
        other = _judged(meant, tables, None)
        if other.verdict == "exact" or (other.verdict in RIGHT and not (meant.number and not meant.number.is_narrow)):
            return _ambiguous(finding.claim, [replace(finding, verdict="wrong"), other], ())
    if finding.claim.strange:
        words = ", ".join(f"“{word}”" for word in finding.claim.strange)
        return _not_checkable(
            finding.claim,
            f"{words} is not understood, and without it the claim would be {finding.verdict}: {finding.explanation.rstrip('.')}",
        )
    return finding


def _judged(claim: Claim, tables: Tables, mentioned: Sequence[str] | None) -> Finding:
    """The finding on a claim; mentioned: the regions of the text, None where only whether it is right is asked."""
    if claim.obstacle:
        return _not_checkable(claim, claim.obstacle)
    if claim.region == EVERY:
        alone = replace(claim, several=None, besides=())
        each = [_judged(replace(alone, region=code), tables, None) for code in claim.among or tables.parts]
        each = [one for one in each if not (claim.of_known and one.verdict == "not checkable")]
        return _all_but(claim, each, tables) if claim.several is None else _several(claim, claim.several, each, tables)
    if claim.each_year and claim.topics:
        return _each_year(claim, tables)
    if claim.region is None:
        return _not_checkable(claim, "no region is named")
    is_placed = claim.rank and not claim.rank.of_years
    is_sum = is_placed and "+" in claim.region
    if is_sum or ((is_placed or claim.of_whole) and claim.region == tables.lexicon.whole):
        lacks = "no place among the" if claim.rank else "no share in the"
        return _not_checkable(claim, f"{'an area' if is_sum else 'the whole'} has {lacks} {tables.nouns.nouns}")
    found, absent = readings(claim, tables)
    if not found:
        return _nothing_like_it(claim, tables)
    inside = [reading for reading in found if reading.has_years]
    if not inside:
        first = found[0]
        asked = f"{first.base}–{first.final}" if first.spans else str(first.year)
        years = tables.years(first.sense)
        there = f"{years[0]}–{years[-1]}" if years else "no year of it"
        return _not_checkable(claim, f"{asked} is not a window or year of award {tables.award.name}, which has {there}", first)
    if claim.kind == "level" and not claim.at:
        # "De senaste fem åren … från 24 600 kronor" says which years they are.
        fitting = [reading.sense for reading in inside if _fit(reading)]
        inside = [reading for reading in inside if reading.sense not in fitting or _fit(reading)]
    if claim.rank:
        findings = [_placed(claim.rank, reading, claim) for reading in _with_numbers(claim, inside)]
    else:
        findings = [_measured(reading) for reading in _near(claim, inside)]
    return _agreed(claim, findings, absent, mentioned)


def _each_year(claim: Claim, tables: Tables) -> Finding:
    """The verdict on what is said of every year of a window: of its level, or of its growth from the year before, or from the first."""
    alone, (found, _) = replace(claim, each_year=False), readings(claim, tables)
    if not found:
        return _judged(alone, tables, ())
    years = range(found[0].base, found[0].final + 1)
    each = [Window(final=year) for year in years]
    if found[0].spans:
        each = [Window(years[0] if claim.from_first else year - 1, year) for year in years[1:]]
    findings = [_judged(replace(alone, windows=(one,)), tables, ()) for one in each if str(one.final) not in claim.besides]
    return _each(claim, findings, "years") if findings else _judged(alone, tables, ())


def _each(claim: Claim, findings: Sequence[Finding], nouns: str) -> Finding:
    """The verdict on what is said of every region, or year: of the first where it does not hold, or is unknown."""
    for verdicts in (("wrong",), ("not checkable", "ambiguous")):
        for finding in findings:
            if finding.verdict in verdicts:
                return replace(finding, claim=claim)
    text = f"So it is in each of the {len(findings)} {nouns}. The last of them: {findings[-1].explanation}"
    return replace(findings[-1], claim=claim, explanation=text)


def _all_but(claim: Claim, findings: Sequence[Finding], tables: Tables) -> Finding:
    """The verdict on what is said of all regions but some."""
    for finding in findings:
        if finding.claim.region in claim.besides and finding.verdict in RIGHT:
            return replace(finding, claim=claim, verdict="wrong", explanation=f"So it is there as well: {finding.explanation}")
    return _each(claim, [finding for finding in findings if finding.claim.region not in claim.besides], tables.nouns.nouns)


def _several(claim: Claim, count: tuple[int, int], findings: Sequence[Finding], tables: Tables) -> Finding:
    """The verdict on what is said of so many of the regions."""
    findings = [finding for finding in findings if finding.claim.region not in claim.besides]
    open_ = [finding for finding in findings if finding.verdict in ("not checkable", "ambiguous")]
    holds = [finding for finding in findings if finding not in open_ and finding.verdict not in NOT_RIGHT]
    names, unknown = (", ".join(tables.named(one.claim.region or "") for one in ones) for ones in (holds, open_))
    among = f"{len(findings) - len(open_)} {tables.nouns.nouns}{' whose figure is known' * bool(open_)}"
    text = f"It holds for {len(holds)} of the {among}{': ' * bool(names)}{names}{f'. Unknown: {unknown}' * bool(open_)}"
    least, most = count
    if open_ and not (least <= len(holds) and len(holds) + len(open_) <= most) and len(holds) <= most and len(holds) + len(open_) >= least:
        return _not_checkable(claim, text)
    return Finding(claim, "exact" if least <= len(holds) <= most else "wrong", f"{text}.")


def _agreed(claim: Claim, findings: Sequence[Finding], absent: Sequence[str], mentioned: Sequence[str] | None) -> Finding:
    """One verdict on all readings: right or wrong where they agree on it, else ambiguous."""
    first = [finding for finding in findings if finding.reading and not finding.reading.is_side] or list(findings)
    right = [finding for finding in findings if finding.verdict in RIGHT]
    if all(finding in right for finding in first) and not absent:
        weakest = max(first, key=lambda finding: finding.verdict == "within the rounding").verdict
        told = first[0].explanation
        if len(first) > 1:
            told = " ".join(f"Meaning {number}: {finding.explanation}" for number, finding in enumerate(first, 1))
        return replace(first[0], verdict=weakest, explanation=told, readings=_with_verdicts(findings))
    unknown = [finding for finding in first if finding.verdict == "not checkable"]
    if len(unknown) == len(first) and (not right or claim.rank):
        return unknown[0]
    if not right and not unknown and not absent:
        wrong = findings[0] if mentioned is None else _wrong(claim, findings, mentioned)
        return replace(wrong, readings=_with_verdicts(findings))
    return _ambiguous(claim, findings, absent)


def _with_verdicts(findings: Sequence[Finding]) -> tuple[tuple[Reading, Verdict], ...]:
    return tuple((finding.reading, finding.verdict) for finding in findings if finding.reading)


def _ambiguous(claim: Claim, findings: Sequence[Finding], absent: Sequence[str]) -> Finding:
    meanings = []
    for finding in findings:
        as_written = "as written" if finding.verdict in RIGHT else "not as written"
        known = f"{finding.shown} ({finding.reading.words}), {as_written}" if finding.reading else ""
        if claim.rank:
            place = finding.explanation.removesuffix(finding.reading.assumptions if finding.reading else "")
            known = f"{place.rstrip('.')}, {as_written}"
        meanings.append(known if finding.shown is not None else finding.explanation.rstrip("."))
    meanings += [f"not in the data ({name})" for name in absent]
    assumed = next((finding.reading.assumptions for finding in findings if finding.reading), "")
    is_right = any(finding.verdict in RIGHT for finding in findings)
    asked = "Say which." if is_right else "It is right in none of those that the data have."
    text = f"Ambiguous, it can mean: {'; or '.join(meanings)}. {asked}{assumed}"
    return Finding(claim, "ambiguous", text, readings=_with_verdicts(findings))


def _not_checkable(claim: Claim, reason: str, reading: Reading | None = None) -> Finding:
    return Finding(claim, "not checkable", f"Not checkable: {reason}.", reading)


def _unknown(reading: Reading) -> Finding:
    return _not_checkable(reading.claim, f"{REASONS.get(reading.status, reading.status)} ({reading.words})", reading)


def _finding(reading: Reading, verdict: Verdict, text: str) -> Finding:
    return Finding(reading.claim, verdict, text + reading.assumptions, reading, float(reading.figure or 0), reading.shown)


def _near(claim: Claim, inside: Sequence[Reading]) -> list[Reading]:
    """The readings without those whose figure is of another order of magnitude than what is written, if others are not."""
    number = claim.number
    if number is None or claim.kind not in ("level", "change") or not number.written.high:
        return list(inside)
    least, most = number.written.low / FAR, number.written.high * FAR
    return [one for one in inside if one.figure is None or least <= abs(one.figure) <= most] or list(inside)


def _measured(reading: Reading) -> Finding:
    """The verdict on a number or a direction under one reading."""
    if reading.figure is None:
        return _unknown(reading)
    fit = _fit(reading)
    if fit:
        return _finding(reading, fit, f"{reading.shown} ({reading.words}){_widened(reading.claim, fit)}.")
    claim, right = reading.claim, f"{reading.shown} ({reading.words})"
    if claim.alike is not None and abs(reading.figure) <= 100 * UNLIKE * claim.alike:
        return _not_checkable(claim, f"how near they are that are alike is not said; {right}", reading)
    if claim.kind == "growth" and claim.printed and claim.number:
        low, high = left_open(*claim.printed)
        if low <= claim.sign * claim.number.written.low <= high:
            span = f"{printed(low, Decimal('0.1'))} to {printed(high, Decimal('0.1'))}%"
            text = f"The levels that the sentence prints leave {span}; unrounded it is {right}."
            return _finding(reading, "within the rounding", text)
    return _finding(reading, "wrong", f"The figure is {right}.")


def _wrong(claim: Claim, findings: Sequence[Finding], mentioned: Sequence[str]) -> Finding:
    """What is wrong under every reading: with what it is of, if that is another concept."""
    own = next(finding.reading for finding in findings if finding.reading)
    if claim.rank:
        below = _below(claim.rank, claim)
        for near in _neighbours(own, ()):
            is_near = near.sense.topic == own.sense.topic and _distance(near.sense, own.sense) == 1 and near.sense.unit == "money"
            if is_near and near.place(below=below)[0] == claim.rank.place:
                text = f"The place is that of {near.words}. As written: {findings[0].explanation}"
                return replace(findings[0], verdict="other concept", explanation=text)
        return findings[0]
    if (meant := _other_form(own)) is not None:
        return _ambiguous(claim, [*findings, _measured(meant)], ())
    known = [f"{finding.shown} ({finding.reading.words})" for finding in findings if finding.reading and finding.shown is not None]
    right = "; ".join(known[:3])
    bounds = own.claim.number is not None and own.claim.number.written.how in ("over", "under")
    for near in () if bounds else _neighbours(own, mentioned):
        if _fit(near) == "exact":
            return _finding(own, "other concept", f"The number is that of {near.words}. As written it would be {right}.")
    return _finding(own, "wrong", f"The figure is {right}.")


def _other_form(own: Reading) -> Reading | None:
    """What a number must mean that is of another order of magnitude than what is written, and right in another form."""
    number, figure = own.claim.number, own.figure
    if number is None or own.claim.kind not in ("level", "change") or not figure or not number.written.low:
        return None
    if max(abs(figure) / number.written.low, number.written.low / abs(figure)) < FAR:
        return None
    forms = [sense for sense in own.tables.senses.all if (sense.topic, sense.scope) == (own.sense.topic, own.sense.scope)]
    return next((near for sense in forms if fits_unit(own.claim, sense) and _fit(near := replace(own, sense=sense)) == "exact"), None)


def _widened(claim: Claim, fit: str) -> str:
    if fit == "exact" or claim.number is None:
        return ""
    return {"": ", rounded more coarsely"}.get(claim.number.written.how, ", within what the wording allows")


def _fit(reading: Reading) -> Literal["exact", "within the rounding", ""]:
    """Whether a figure is what is written."""
    claim, figure = reading.claim, reading.figure
    if figure is None:
        return ""
    if claim.alike is not None:
        return "within the rounding" if abs(figure) <= 100 * claim.alike else ""
    if claim.number is None:
        return "exact" if figure * claim.sign > 0 or (claim.or_nil and not figure) else ""
    written = claim.number.written
    size = figure * claim.sign if claim.sign and (claim.kind in ("growth", "change") or claim.compares) else figure
    size = size if claim.sign else abs(size)
    is_printed = written.low <= rounded(size, written.step) <= written.high
    if is_printed and written.how in ("", "about"):
        return "exact"
    if written.low != written.high:
        return ""
    value = written.low
    near, far = (max(written.step / 2, value * share) for share in (ABOUT, ROUGHLY))
    beside = min(far, max(written.step, last_digit(value)))
    lowest, highest = value - written.step / 2, value + written.step / 2
    match written.how:
        case "about":
            fits = abs(size - value) <= min(near, 2 * last_digit(value))
        case "roughly":
            fits = abs(size - value) <= far
        case "above":
            fits = value * (1 - HARDLY) <= size <= max(value + beside, highest)
        case "below":
            fits = min(value - beside, lowest) <= size <= value * (1 + HARDLY)
        case "over" | "under":
            return "exact" if (size >= value if written.how == "over" else 0 <= size <= value) else ""
        case _:
            is_coarse = written.step >= 1 and claim.number.unit in COARSE and value >= COARSE[claim.number.unit]
            fits = is_coarse and rounded_coarsely(size, written)
    return "within the rounding" if fits else ""


def _neighbours(own: Reading, mentioned: Sequence[str]) -> Iterator[Reading]:
    """What a writer may have mixed up with what is written: another concept, other years, another region of the text."""
    if own.claim.number is None and not own.claim.rank:
        return
    # Of two that are as near, the one of the same statistic: a form is mixed up sooner than what is exported.
    others = [one for one in own.tables.senses.all if one.is_declared and fits_unit(own.claim, one) and one != own.sense]
    for sense in sorted(others, key=lambda one: (_distance(own.sense, one), own.sense.topic != one.topic)):
        yield replace(own, sense=sense)
    years = own.tables.years(own.sense)
    for base, final in itertools.combinations(years, 2) if own.spans else zip(years, years, strict=True):
        yield replace(own, base=base, final=final)
    for region in mentioned:
        yield replace(own, region=region)


def _distance(one: Sense, other: Sense) -> int:
    return (one.topic != other.topic) + (one.scope != other.scope) + (one.form != other.form)


def _nothing_like_it(claim: Claim, tables: Tables) -> Finding:
    """Nothing has this statistic, scope and form; say so."""
    if claim.kind == "change" and claim.number and claim.number.unit == "points":
        return _not_checkable(claim, "percentage points are checked for shares only; growth is in per cent")
    topic = claim.topics[0]
    names = (
        " and ".join(name.replace("_", " ") for name in topic),
        tables.senses.scope_name(topic[0], claim.scopes[0]),
        str(claim.forms[0]),
    )
    return _not_checkable(claim, f"nothing like it is in the data ({', '.join(filter(None, names))})")


def _below(rank: Rank, claim: Claim) -> bool:
    return rank.below != (claim.sign < 0)


def _with_numbers(claim: Claim, inside: Sequence[Reading]) -> list[Reading]:
    """The readings of a place; "ökade mest" is of per cent first, and can be of what was added."""
    if claim.kind != "rank of growth" or claim.in_per_cent:
        return list(inside)
    by_number = replace(claim, kind="rank of change")
    return [*inside, *(replace(reading, claim=by_number, is_side=True) for reading in inside)]


def _placed(rank: Rank, reading: Reading, claim: Claim) -> Finding:
    """The verdict on a place among the regions under one reading; with unknown figures, every place that they leave open is possible."""
    tables, below = reading.tables, _below(rank, claim)
    place, unknown = reading.place(below=below)
    if place is None:
        return _unknown(reading)
    others = 0 if claim.of_known else len(unknown)
    all_, nouns, one = (len(reading.own_years), "years", "year") if rank.of_years else (len(reading.parts), tables.nouns.nouns, "region")
    among = f"{all_ - len(unknown)} {nouns}{' whose figure is known' if unknown else ''}"
    end = f"{ordinal(place)}{'lowest' if below else 'highest'}"
    what = f"the {one} {f'has the {end} figure' if rank.of_years else f'is {end}'} of the {among} ({reading.words})"
    hidden = f" Unknown: {', '.join(unknown)}." if unknown else ""
    text = f"{what[0].upper()}{what[1:]}.{hidden}{reading.assumptions}"
    if rank.vague:
        last = place + others
        if last > len(reading.parts) * AMONG_THE_FIRST and place <= len(reading.parts) * NOT_AMONG_THEM:
            finding = _not_checkable(reading.claim, f"among how many it is first is not said; {what}", reading)
            return replace(finding, explanation=finding.explanation + hidden)
        holds = last <= len(reading.parts) * AMONG_THE_FIRST
        return Finding(reading.claim, "within the rounding" if holds else "wrong", text, reading, float(place), str(place))
    if not rank.within and place < rank.place <= place + others:
        finding = _not_checkable(reading.claim, f"{what}, and an unknown figure could stand before it", reading)
        return replace(finding, explanation=finding.explanation + hidden)
    holds = place == rank.place or (rank.within and place <= rank.place)
    return Finding(reading.claim, "exact" if holds else "wrong", text, reading, float(place), str(place))


def as_row(finding: Finding, tables: Tables) -> dict[str, Any]:
    """A finding as plain values."""
    claim, reading = finding.claim, finding.reading
    return {
        "place": claim.sentence.place,
        "in_table": claim.sentence.in_table,
        "sentence": " ".join(claim.sentence.text.split()),
        "start": claim.start,
        "end": claim.end,
        "written": claim.written,
        "kind": claim.kind,
        **(_key(reading) if reading else {**NO_KEY, "region_code": claim.region}),
        "region_name": tables.named(region) if (region := reading.region if reading else (claim.region or "").strip(EVERY)) else None,
        "assumed": list(claim.assumed),
        "figure": finding.figure,
        "figure_shown": finding.shown,
        "verdict": finding.verdict,
        "explanation": finding.explanation,
        "readings": [
            {**_key(one), "figure_shown": None if one.figure is None or claim.rank else one.shown, "verdict": verdict}
            for one, verdict in finding.readings
        ],
    }


NO_KEY: Mapping[str, Any] = dict.fromkeys(("region_code", "concept", "base_year", "final_year", "year"))


def _key(reading: Reading) -> dict[str, Any]:
    """What a reading is of."""
    base, final = (reading.base, reading.final) if reading.spans else (None, None)
    year = None if reading.spans else reading.year
    return dict(zip(NO_KEY, (reading.region, reading.sense.measure, base, final, year), strict=True))
