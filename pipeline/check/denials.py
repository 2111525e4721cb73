"""What "inte" and "varken" do to the words of a sentence: they turn a movement or a bound the other way, or leave out a region."""

import itertools
import re
from collections.abc import Mapping, Sequence

from pipeline.check.tokens import Direction, Number, Obstacle, Region, Token, replace


def without_denials(found: Sequence[Token], text: str, pattern: Mapping[str, re.Pattern[str]]) -> list[Token]:
    """The tokens with what is denied turned round, and without the words that deny it."""
    nowhere = [range(*match.span()) for match in pattern["nowhere"].finditer(text)]
    denied: list[Token] = [one for one in found if isinstance(one, Obstacle) and any(one.start in inside for inside in nowhere)]
    turned: list[Token] = []
    for one in found:
        if one in denied or not (
            isinstance(one, Obstacle) and (pattern["not"].fullmatch(text, one.start, one.end) or _is_of_either(one, text, pattern))
        ):
            continue
        bounds = [number for number in found if isinstance(number, Number) and _is_short_of(number, one, text, pattern)][:1]
        is_of_comparison = any(pattern[name].match(text, one.end) for name in ("short_of", "not_more", "not_up_to"))
        kept = bounds or is_of_comparison or pattern["does_not"].search(text[: one.end + 1])
        moves = [] if kept else [move for move in found if isinstance(move, Direction) and _is_denied(move, one, found, text, pattern)]
        denied += [one] if kept or moves else []
        turned += [*moves, *bounds]
    said = [_turned(one, text, pattern) if one in turned else one for one in found if one not in denied]
    return _asserted(said, text, pattern)


def _is_denied(move: Direction, word: Token, found: Sequence[Token], text: str, pattern: Mapping[str, re.Pattern[str]]) -> bool:
    """Whether a word denies a movement: "minskade inte", "inte har minskat", "varken … eller … minskade"."""
    if not move.finite or move.noun:
        return False
    is_near = word.end <= move.start and pattern["denied_after"].fullmatch(text, word.end, move.start)
    is_near = is_near or (move.end <= word.start and pattern["denied_before"].fullmatch(text, move.end, word.start))
    is_by = any(isinstance(by, Number) and move.end <= by.start and not re.search("[,;:]", text[move.end : by.start]) for by in found)
    is_either = word.end <= move.start and _is_of_either(word, text, pattern)
    return bool(is_near or is_either) and not is_by


def _is_short_of(number: Number, word: Token, text: str, pattern: Mapping[str, re.Pattern[str]]) -> bool:
    """Whether a word denies that a number is reached: "inte ens 20 procent", "nådde inte upp till tre miljarder", "varken … nådde …"."""
    if number.start < word.end or number.written.how not in ("", "over", "under", "roughly"):
        return False
    reaches = pattern["reaches"].search(text[: word.start])
    is_near = pattern["reached_after" if reaches else "not_even"].fullmatch(text, word.end, number.start)
    is_either = _is_of_either(word, text, pattern) and pattern["either_reached"].fullmatch(text, word.end, number.start)
    return bool(is_near or is_either)


def _is_of_either(word: Token, text: str, pattern: Mapping[str, re.Pattern[str]]) -> bool:
    """Whether a word denies what is said of each of several: "varken", "ingen av de båda grannarna Kronoberg och Kalmar"."""
    found = pattern["neither"].match(text, word.start)
    return bool(found and found.end() == word.end)


def _turned(token: Token, text: str, pattern: Mapping[str, re.Pattern[str]]) -> Token:
    if isinstance(token, Direction):
        return replace(token, sign=-token.sign, or_nil=True)
    if isinstance(token, Number):
        # "inte mer än 7 procent" is so of all that rounds to 7
        room = token.written.step / 2 if pattern["not_more_than"].search(text[: token.start]) else 0
        return replace(
            token, role="", written=replace(token.written, low=token.written.low + room, high=token.written.high + room, how="under")
        )
    return token


def _asserted(found: Sequence[Token], text: str, pattern: Mapping[str, re.Pattern[str]]) -> list[Token]:
    """The tokens without those of "inte Skåne": a region of which the sentence says nothing."""
    denied: set[int] = set()
    for first, second in itertools.pairwise(found):
        is_beside = isinstance(first, Obstacle) and isinstance(second, Region) and second.start - first.end == 1
        if is_beside and pattern["just_not"].search(text[: second.start]) and not pattern["does_not"].search(text[: second.start]):
            denied |= {id(first), id(second)}
    return [token for token in found if id(token) not in denied]
