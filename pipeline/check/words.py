"""The words that claims are made of: regions, years, numbers, concepts, ranks, directions, and what stands outside the data."""

import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from pipeline.schemas import NATION

SPACE = r"(?:\s|&nbsp;)"
YEAR = r"(?:19|20)\d\d"
How = Literal["", "about", "roughly", "above", "below", "over", "under"]


@dataclass(frozen=True)
class Token:
    """A stretch of a sentence that means something."""

    start: int
    end: int


@dataclass(frozen=True)
class Region(Token):
    """One or more regions that are named together; none for "regionen" and "länet"."""

    codes: tuple[str, ...]


@dataclass(frozen=True)
class Years(Token):
    """A window, one end of it, or a year alone. length: "de senaste fem åren". same: "samma period". forward: "2016 års"."""

    base: int | None = None
    final: int | None = None
    length: int | None = None
    same: bool = False
    forward: bool = False


@dataclass(frozen=True)
class Concept(Token):
    """What a figure is about: flow, scope, measure; about tells exporters from exports, and that they are counted."""

    says: Mapping[str, str]


@dataclass(frozen=True)
class Written:
    """A number as it is printed, without sign: low and high differ in a range; step is the unit of its last printed place."""

    low: Decimal
    high: Decimal
    step: Decimal
    how: How = ""


@dataclass(frozen=True)
class Number(Token):
    """A number with its unit: "%", "points", "SEK" (times scale) or "" for a bare one.

    role: the word before it (från, till, med …). place: its place among numbers that share a unit ("41 respektive 70 procent").
    """

    written: Written
    unit: str
    scale: int = 1
    sign: int = 0
    role: str = ""
    place: int | None = None
    is_growth: bool = False


@dataclass(frozen=True)
class Rank(Token):
    """A place among the regions: fourth highest is 4. below: counted from the lowest. within: "bland de tre högsta". sure: no idiom."""

    place: int
    below: bool = False
    within: bool = False
    sure: bool = False
    of: Literal["growth", "level", ""] = ""


@dataclass(frozen=True)
class Direction(Token):
    """Up (1), down (−1), or either (0). finite: said of what has happened, not of what is wished. noun: "tillväxt", maybe a label."""

    sign: int
    finite: bool
    noun: bool = False


@dataclass(frozen=True)
class Obstacle(Token):
    """Words that put a claim outside what the data can tell, and why. of_all: every claim of the sentence; of_ranks: every place in it."""

    reason: str
    of_all: bool = False
    of_ranks: bool = False


@dataclass(frozen=True)
class Filler(Token):
    """Words with a number or a region in them that is neither."""


ONES = ("", "en|ett", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio")
TEENS = ("tio", "elva", "tolv", "tretton", "fjorton", "femton", "sexton", "sjutton", "arton", "nitton")
TENS = ("", "", "tjugo", "trettio", "fyrtio", "femtio", "sextio", "sjuttio", "åttio", "nittio")
NUMERALS = {word: number for number, words in enumerate(ONES) for word in words.split("|") if word}
NUMERALS |= {word: number for number, word in enumerate(TEENS, 10)}
NUMERALS |= {ten + one: 10 * tens + NUMERALS.get(one, 0) for tens, ten in enumerate(TENS) if ten for one in ("", *list(NUMERALS)[:10])}
NUMERALS["hundra"] = 100
ORDINALS = {
    word: place
    for place, words in enumerate(
        [
            "första|främsta",
            "andra|näst",
            "tredje",
            "fjärde",
            "femte",
            "sjätte",
            "sjunde",
            "åttonde",
            "nionde",
            "tionde",
            "elfte",
            "tolfte",
            "trettonde",
            "fjortonde",
            "femtonde",
            "sextonde",
            "sjuttonde",
            "artonde",
            "nittonde",
            "tjugonde",
            "tjugoförsta",
        ],
        1,
    )
    for word in words.split("|")
}
PLACES = {"etta": 1, "tvåa": 2, "trea": 3, "fyra": 4, "femma": 5, "sexa": 6, "sjua": 7}
SHARES = {
    "två tredjedelar": (2, 3),
    "tre fjärdedelar": (3, 4),
    "en tredjedel": (1, 3),
    "en fjärdedel": (1, 4),
    "en femtedel": (1, 5),
    "en tiondel": (1, 10),
    "hälften": (1, 2),
}
FOLDS = {"fördubbl": 100, "dubbler": 100, "dubblats": 100, "dubblad": 100, "tredubbl": 200, "fyrdubbl": 300, "halver": -50}
SCALES = (
    (r"miljarder|miljard|mdkr|mdr\.?|mdrkr", 10**9),
    (r"miljoner|miljon|mnkr|mkr|milj\.?|mn", 10**6),
    (r"tusen|tkr|kkr", 10**3),
)
HOW: dict[str, How] = {
    r"cirka|ca\.?|c:a|ungefär|omkring|runt|kring|uppskattningsvis|i storleksordningen|i runda tal": "about",
    r"drygt|dryga|strax över|något över|något mer än|lite mer än|en bit över": "above",
    r"nästan|närmare|knappt|knappa|strax under|något under|inte fullt|nära": "below",
    r"mer än|fler än|över|minst|åtminstone|överstigande": "over",
    r"mindre än|färre än|under|högst|som mest|upp till|maximalt": "under",
}


def _any(words: Sequence[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


DIGITS = rf"\d{{1,3}}(?:{SPACE}\d{{3}})+(?:,\d+)?(?!\d)|\d{{1,3}}(?:\.\d{{3}})+(?![\d.])|\d+[.,]\d+|\d+"
NUMERAL = _any([*NUMERALS])
UNIT = (
    rf"(?P<points>procentenhet(?:er(?:s|na)?|s)?\b|%-enheter)|(?P<percent>procent(?:ig\w*|s)?\b|-procentig\w*|%|proc\.)"
    rf"|(?P<money>(?:(?P<scale>{'|'.join(words for words, _ in SCALES)})\b\.?(?:{SPACE}*(?:svenska{SPACE}+)?(?:kronor|kr|SEK)\b)?"
    rf"|(?:svenska{SPACE}+)?(?:kronor|kr|SEK)\b))|(?P<times>gånger\b)"
)
QUANTITY = re.compile(
    rf"(?<![\w.,/:])(?P<sign>[+−–-](?=\d))?(?P<first>(?!{YEAR}\b(?!{SPACE}*%)){DIGITS})(?![\d])"
    rf"(?:(?P<link>{SPACE}*[–−-]{SPACE}*|{SPACE}+(?:till|respektive|resp\.|och|eller){SPACE}+)(?P<second>[+−]?(?:{DIGITS})))?"
    rf"{SPACE}*-?(?:{UNIT})",
    re.IGNORECASE,
)
IN_WORDS = re.compile(rf"\b(?P<first>{NUMERAL})\s+(?:{UNIT})", re.IGNORECASE)
BARE = re.compile(
    rf"(?<![\w.,/:%§])(?P<sign>[+−](?=\d))?(?P<first>{DIGITS})(?![\w%])(?!:[a-zåäö])"
    rf"(?:(?P<link>{SPACE}*[–−]{SPACE}*|{SPACE}+(?:till|respektive|resp\.){SPACE}+)(?P<second>{DIGITS})(?![\w%]))?"
)
FRACTION = re.compile(rf"\b(?P<words>{_any([*SHARES])})\b", re.IGNORECASE)
FOLD = re.compile(rf"\b(?:mer än en )?(?P<words>{_any([*FOLDS])})\w*|\bdubbelt{SPACE}+så{SPACE}+\w+|\bdet dubbla\b", re.IGNORECASE)
LEFT = re.compile(
    rf"(?:\b(?P<role>från|ifrån|till|med|på|om|av)\s+)?(?:{YEAR}\s+års\s+|i\s+genomsnitt\s+|totalt\s+|hela\s+|hela\s+den\s+)?"
    rf"(?:\b(?P<how>{'|'.join(HOW)})\s+)?$",
    re.IGNORECASE,
)


def tokens(text: str, names: Mapping[str, str]) -> list[Token]:
    """The tokens of a sentence, in order and apart. names: region_code to name, "25" to "Norrbottens län"."""
    taken: list[Token] = []
    for read in (_fixed, _years, _quantities, lambda given: _regions(given, names), _ranks, _plain_words, _bare):
        blanked = text
        for token in taken:
            blanked = blanked[: token.start] + "\x1a" * (token.end - token.start) + blanked[token.end :]
        for token in sorted(read(blanked), key=lambda token: (token.start, -token.end)):
            if all(token.end <= other.start or other.end <= token.start for other in taken):
                taken.append(token)
    return sorted(taken, key=lambda token: token.start)


Maker = Callable[[int, int], Token]


def _says(**says: str) -> Maker:
    return lambda start, end: Concept(start, end, says)


def _hinders(reason: str, *, of_all: bool = False, of_ranks: bool = False) -> Maker:
    return lambda start, end: Obstacle(start, end, reason, of_all, of_ranks)


def _phrases(listed: str) -> str:
    """A pattern for any of the phrases between commas: * stands for the rest of a word, [a b] for either or nothing."""
    patterns = []
    for phrase in re.split(r",\s+", listed.strip()):
        words = re.sub(r"\[([^]]*)\] ?", lambda match: f"(?:(?:{match[1].replace(' ', '|')})@)?", phrase)
        patterns.append(re.sub(r" +", r"\\s+", words.replace("*", r"\w*")).replace("@", r"\s+"))
    return rf"\b(?:{'|'.join(patterns)})(?!\w)"


SMALL = r"(?:små|mindre|litet)(?:\s*-)?\s*(?:och|eller|samt|&|/)\s*medelstor\w*"
INHABITANTS = r"(?:invånare|inv\b\.?|personer)"
FIELD = r"(?:alla|samtliga|de|landets|Sveriges|rikets|övriga|andra|länen|regionerna)"

COMPARED = (
    r"\b(?:högre|lägre|mer|större|mindre|snabbare|starkare|fler|färre|över|under|bättre|kraftigare|så\s+(?:stor|hög|mycket|många)\w*)"
    r"\s+(?:(?:än|som)\s+)?(?:(?:i|för)\s+)?(?:hela\s+)?(?:riket|rikets|rikssnittet|riksgenomsnittet|genomsnittet|snittet|landet|Sverige)\w*"
    r"|\b(?:högre|lägre|mer|större|mindre|snabbare|starkare|fler|färre)\s+än\s+(?:i\b|(?=(?-i:[A-ZÅÄÖ])))"
    r"|\b(?:dubbelt|hälften|\w+\s+gånger)\s+så\s+\w+\s+som\s+(?:i\s+)?(?=(?-i:[A-ZÅÄÖ])|riket)"
    r"|\bgenomsnittet\b|\briksgenomsnitt\w*|\brikssnitt\w*|\bmedian(?:en)?\b"
)
"""A comparison with the nation, or with another county, such as "högre än i riket"."""
PORTION = rf"\s+(?:[\w-]+\s+){{0,7}}?(?:[\d,]+{SPACE}*(?:%|procent)|{_any([*SHARES])})"

FIXED: tuple[tuple[str, Maker], ...] = (
    (r"\bsql/|\bregion_?code\b|\bindicators\.", _hinders("the path of a calculation", of_all=True)),
    (COMPARED, _hinders("a comparison, which is not taken apart")),
    (rf"p(?:er|å){SPACE}+(?:100(?:{SPACE}|\.)?000|hundra\s?tusen)(?:{SPACE}+{INHABITANTS})?", _says(measure="exporters")),
    (
        rf"per{SPACE}+(?:10?(?:{SPACE}|\.)?000|(?:tio)?tusen){SPACE}+{INHABITANTS}",
        _hinders("the data count per 100 000 inhabitants"),
    ),
    (
        rf"(?:per|varje|ett)\s+(?:exporterande\s+)?(?:{SMALL}\s+)?(?:varu)?(?:exportör\b|exporterande\s+(?:{SMALL}\s+)?(?:företag|SMF|SME)|exportföretag\b|företag\b)",
        _says(measure="per_exporter"),
    ),
    (r"\bvardera\b", _says(measure="per_exporter")),
    (rf"per\s+(?:invånare\s+och\s+år|capita|person|{INHABITANTS})|/\s*(?:{INHABITANTS}|capita)", _says(measure="per_capita")),
    (
        r"(?:företag\w*\s+(?:med|som\s+har)\s+)?\(?(?:(?:färre|mindre)\s+än\s+250|(?:upp\s+till|högst)\s+249)\s+anställda\)?",
        _says(scope="sme"),
    ),
    (rf"{SMALL}(?:\s+företag\w*)?", _says(scope="sme")),
    (r"\b(?:SMF|SME)(?::\w+|s)?\b(?:[ -]?företag\w*)?", _says(scope="sme")),
    (
        _phrases("alla företag*, samtliga företag*, företag* av alla storlekar, hela näringslivet*, oavsett storlek, alla storleksklasser"),
        _says(scope="all"),
    ),
    (
        r"\bvaru-?\s*(?:och|samt)\s*tjänsteexport\w*|\btjänste-?\s*(?:och|samt)\s*varuexport\w*"
        r"|\b(varu|tjänste)export\w*\s+(?:och|samt|såväl\s+som)\s+(?:(?:sin|deras|dess)\s+)?(?!\1)(?:varu|tjänste)export\w*"
        r"|\bexport\w*\s+av\s+(?:både\s+|såväl\s+)?(?:varor\s+(?:och|samt|som)\s+tjänster|tjänster\s+(?:och|samt|som)\s+varor)",
        _says(flow="both"),
    ),
    (
        _phrases("varuexportör*, varuexporterande, exportör* av varor, företag* som exporterar varor"),
        _says(flow="goods", about="exporters"),
    ),
    (_phrases("tjänsteexportör*, tjänsteexporterande, företag* som exporterar tjänster"), _says(flow="services", about="exporters")),
    (r"\bexportera(?:des?|rs?|ts?)\b(?=[^.;]*?\bvaror\s+(?:och|samt)\s+tjänster\b)", _says(flow="both")),
    (
        rf"{_phrases('varuexport*, export* av varor, varor på export')}|\bexportera(?:des?|rs?|ts?)\b(?=[^.;]*?\bvaror\b)",
        _says(flow="goods"),
    ),
    (rf"{_phrases('tjänsteexport*, export* av tjänster')}|\bexportera(?:des?|rs?|ts?)\b(?=[^.;]*?\btjänster\b)", _says(flow="services")),
    (
        _phrases("exportör, exportörer, exportörerna, exportörernas, exporterande, exportföretag*, företag* som exporterar"),
        _says(flow="exports", about="exporters"),
    ),
    (
        _phrases("export, exporten, exportens, exporter, exportvärde*, exportintäkt*, exportförsälj*, exporterar, exporterat, exporterade"),
        _says(flow="exports"),
    ),
    (
        _phrases(
            "av [hela] Sveriges [samlade totala] *export*, av [hela] landets [samlade totala] *export*, av rikets [samlade totala] *export*"
        ),
        _hinders("a share of the nation's exports is not in the data"),
    ),
    (
        rf"\bandel\w*|\b(?:utgjorde|utgör|utgjort)\b(?={PORTION})|\b(?:stod|står|stått|svarar|svarade|svarat)\b(?=[^.;]*?\bför\b{PORTION})"
        r"|(?:(?<=%)|(?<=procent))\s+av\b(?=\s+(?:[\w-]+\s+){0,2}(?:varu)?export(?:en)?\b)",
        _says(measure="share"),
    ),
    (_phrases("antal, antalet"), _says(about="number")),
    (_phrases("total, totala, totalt, sammanlagt, sammanlagda, samlade"), _says(measure="total")),
    (
        rf"(?:\b(?:bland|av|i)\s+)?\b(?:{FIELD}\s+)+(?:21|tjugoen|tjugoett)\s+(?:svenska\s+)?(?:region|län)\w*"
        rf"|\b(?:bland|av|i)\s+(?:{FIELD}\s+)+(?:21|tjugoen|tjugoett)\b|\b(?:bland|av|i|än)\s+(?:{FIELD}\s+)*(?:län|region)\w*er(?:na)?\b"
        rf"|\b(?:bland|av|i|än)\s+(?:{FIELD}\s+)+län(?:en)?\b|\b(?:av|bland)\s+(?:21|tjugoen|tjugoett)\b(?:\s+(?:region|län)\w*)?"
        rf"|\b(?:21|alla|samtliga|övriga|andra)\s+(?:län|regioner)\b",
        Filler,
    ),
    (
        rf"\b\d{{1,2}}\s+(?:januari|februari|mars|april|maj|juni|juli|augusti|september|oktober|november|december)\b(?:\s+{YEAR})?",
        Filler,
    ),
    (
        rf"\bAgenda\s+2030\b|^\s*\d+[.)]\s|^\s*#+\s*\d+[.)]?(?=\s)|\bexportregion(?:en)?\s+{YEAR}\b"
        r"|\b(?:kapitel|bilaga|tabell|diagram|figur)\s+\d+",
        Filler,
    ),
    (_phrases("det vill säga, dvs"), Filler),
)
"""Tried in this order; a stretch of text belongs to the first that takes it."""

OBSTACLES = {
    "about programmes and efforts, which are not in the data": """program, programmet*, programmen*, programdata, exportfrämj*,
        exportsamverk*, exportcenter*, exportcentrum*, exportprogram*, exportcheck*, exportrådgiv*, exportråd*, exportsatsning*,
        exportinsats*, exportstöd*, rådgivning*, insats, insatser*, insatsen, deltagit, deltog, deltagande, deltagare*, deltar,
        Business Sweden, Enterprise Europe, Almi, stöd, stödet, kurs, kurser, aktivitet*""",
    "a goal or a forecast": """ska, skall, skulle, bör, vill, väntas, förväntas, beräknas, siktar, planerar, hoppas, mål, målet,
        målsättning*, målbild*, prognos*, ambition*, kan komma, att öka, att växa, att fördubbla, att minska""",
    "a negation, which is not taken apart": "inte, varken, ingen, inga, inget, utan att",
    "an average, or said of every year, which is not in the data": """årlig*, årstakt*, per år, om året, varje år""",
    "the data are in current prices": "real, reala, realt, fasta priser, konstanta priser, inflation*, prisjuster*",
    "the data are whole years": "kvartal*, halvår*, månad*",
    "destinations are not in the data": f"""marknad*, exportmarknad*, exportland*, exportländer*, {
        ", ".join(
            f"till {place}*, inom {place}*, utanför {place}*, mot {place}*"
            for place in (
                "EU",
                "Norge",
                "Danmark",
                "Finland",
                "Island",
                "Tyskland",
                "USA",
                "Storbritannien",
                "Kina",
                "Nederländerna",
                "Polen",
                "Frankrike",
                "Indien",
                "Japan",
                "Belgien",
                "Italien",
                "Spanien",
                "Europa",
                "Asien",
                "Afrika",
                "Nordamerika",
                "Norden",
                "Baltikum",
                "utlandet",
            )
        )
    }""",
    "nothing like it is in the data": """import, importen*, handelsöverskott*, nettoexport*, omsättning*, förädlingsvärde*, sysselsättning*,
        sysselsatta, anställda, BNP, BRP, bruttoregion*, investering*, befolkning*, folkmängd*, invånarantal*, arbetslöshet*, patent*,
        kommuner*, kommunen, turis*, besök*, nystarta*, exportpris*, förstagångs*""",
    "branches and products are not in the data": """bransch*, sektor*, tillverkning*, *industriexport*, *industrins, tjänstesektor*,
        livsmedelsexport*, stålexport*, malmexport*, järnmalm*, skogsexport*, skogsindustri*, träexport*, gruv*, läkemedel*, fordon*,
        maskin*, elexport*, energiexport*, pappersexport*, kemi*, möbel*, möbler*, besöksnäring*""",
    "the tables have small and medium-sized enterprises together, and all enterprises": """stora företag*, större företag*,
        största företag*, storföretag*, småföretag*, mikroföretag*, små företag*, medelstora företag*""",
    "parts of the country other than counties are not in the data": """norrlandslän*, skogslän*, storstadslän*, storstadsregion*, Norrland*,
        Svealand*, Götaland, norra Sverige*, södra Sverige*, mellersta Sverige*, västra Sverige*, östra Sverige*, Mälardal*, storstäder*""",
}
RANKING = "fönster*, fönstret*, fönstren*, viktning*, vikter*, metoder*, poäng*, kandidat*, rangordn*"
UP = """ökade, ökades, ökat, ökats, ökar, ökande, ökas, växte, växer, växande, vuxit, stigit, stiger, stigande, steg, lyft, lyfte, höjdes,
    höjts, förbättrades, förbättrats, gått upp, gick upp, positiv utveckling, positiva utveckling, god utveckling"""
DOWN = """minskade, minskades, minskat, minskats, minskar, minskande, minskas, sjunkit, sjunker, sjunkande, sjönk, fallit, faller,
    förlorade, förlorat, fallande, föll, backade, backat, backar, tappade, tappat, tappar, krympte, krympt, gått ned, gått ner,
    gick ned, gick ner, negativ utveckling, negativa utveckling, svag utveckling"""
WORDS: tuple[tuple[str, Maker], ...] = (
    *((_phrases(listed), _hinders(reason)) for reason, listed in OBSTACLES.items()),
    (_phrases(RANKING), _hinders("about the ranking itself, not about a figure of the data", of_ranks=True)),
    (_phrases(UP), lambda start, end: Direction(start, end, 1, finite=True)),
    (_phrases(DOWN), lambda start, end: Direction(start, end, -1, finite=True)),
    (_phrases("ökning*, tillväxt*, uppgång*, uppsving*"), lambda start, end: Direction(start, end, 1, finite=True, noun=True)),
    (_phrases("minskning*, nedgång*"), lambda start, end: Direction(start, end, -1, finite=True, noun=True)),
    (_phrases("förändring*"), lambda start, end: Direction(start, end, 0, finite=True, noun=True)),
    (r"(?<=\x1a)\s+mer\b", lambda start, end: Direction(start, end, 1, finite=False)),
    (_phrases("högre, större, fler, ökad, öka, växa, upp"), lambda start, end: Direction(start, end, 1, finite=False)),
    (_phrases("lägre, färre, mindre, minskad, minska, ned, ner"), lambda start, end: Direction(start, end, -1, finite=False)),
)


def _matches(text: str, table: Sequence[tuple[str, Maker]]) -> Iterator[Token]:
    taken: list[tuple[int, int]] = []
    for pattern, make in table:
        for match in re.finditer(pattern, text, re.IGNORECASE):
            if match.end() > match.start() and all(match.end() <= start or end <= match.start() for start, end in taken):
                taken.append(match.span())
                yield make(*match.span())


def _fixed(text: str) -> Iterator[Token]:
    yield from _matches(text, FIXED)


def _plain_words(text: str) -> Iterator[Token]:
    yield from _matches(text, WORDS)


WINDOW = re.compile(
    rf"(?P<lead>\b(?:mellan|från|under|åren|perioden|ifrån)\s+)?(?:(?<!per\s)(?:åren|år)\s+)?\b(?P<base>{YEAR})\s*"
    rf"(?P<link>–|-|−|/|(?:till(?:\s+och\s+med)?|t\.?o\.?m\.?|fram\s+till|och)(?:\s+år)?)\s*(?P<final>{YEAR}|\d\d)(?![\d%])",
    re.IGNORECASE,
)
SINCE = re.compile(
    rf"\b(?:sedan|jämfört\s+med|i\s+jämförelse\s+med|än|mot|från|ifrån)\s+(?:år\s+)?(?P<base>{YEAR})\b(?!\s*års)", re.IGNORECASE
)
LENGTH = re.compile(
    rf"\bsenaste\s+(?P<length>\d+|{NUMERAL})[\s-]*(?:åren|årsperioden)\b"
    rf"|\b(?:på|under)\s+(?:bara\s+|endast\s+)?(?P<other>\d+|{NUMERAL})\s+år\b",
    re.IGNORECASE,
)
SAME = re.compile(
    r"\b(?:under\s+)?samma\s+(?:tids)?(?:period|tid|år)\w*"
    r"|\bunder\s+(?:(?:hela|den|denna|här)\s+)*(?:tids)?period(?:en)?\b",
    re.IGNORECASE,
)
YEAR_BEFORE = re.compile(
    r"\b(?:(?:jämfört\s+med|än|mot|från)\s+)?(?:året\s+(?:innan|före|dessförinnan)|föregående\s+år)\b|\bpå\s+ett\s+år\b", re.IGNORECASE
)
SINGLE = re.compile(rf"(?<![\d,.])(?P<year>{YEAR})(?![\d%]|-talet)(?P<forward>\s+års\b)?", re.IGNORECASE)


def _years(text: str) -> Iterator[Token]:
    for match in WINDOW.finditer(text):
        base = int(match["base"])
        is_short = len(match["final"]) == 2
        final = base - base % 100 + int(match["final"]) if is_short else int(match["final"])
        is_list = match["link"].startswith("och") and (match["lead"] or "").strip().lower() != "mellan"
        if final > base and not is_list and (not is_short or match["link"] in "–-−/"):
            yield Years(match.start(), match.end(), base, final)
    for match in SINCE.finditer(text):
        yield Years(match.start(), match.end(), base=int(match["base"]))
    for match in YEAR_BEFORE.finditer(text):
        yield Years(match.start(), match.end(), length=1)
    for match in LENGTH.finditer(text):
        said = (match["length"] or match["other"]).lower()
        yield Years(match.start(), match.end(), length=int(said) if said.isdigit() else NUMERALS[said])
    for match in SAME.finditer(text):
        yield Years(match.start(), match.end(), same=True)
    for match in SINGLE.finditer(text):
        yield Years(match.start(), match.end(), final=int(match["year"]), forward=bool(match["forward"]))


def _quantities(text: str) -> Iterator[Token]:
    for pattern in (QUANTITY, IN_WORDS):
        for match in pattern.finditer(text):
            unit, scale = _unit(match)
            yield from _numbers(match, text, unit, scale)
    for match in FRACTION.finditer(text):
        over, under = SHARES[match["words"].lower()]
        value = Decimal(100 * over) / under
        role, how = _left(text[: match.start()])
        yield Number(match.start(), match.end(), Written(value, value, Decimal(1), how or "roughly"), "%", role=role)
    for match in FOLD.finditer(text):
        change = FOLDS[match["words"].lower()] if match["words"] else 100
        _, how = _left(text[: match.start()])
        how = "over" if "mer än" in match[0].lower() else how or "roughly"
        size = Decimal(abs(change))
        yield Number(match.start(), match.end(), Written(size, size, Decimal(1), how), "%", sign=1 if change > 0 else -1, is_growth=True)


def _bare(text: str) -> Iterator[Token]:
    for match in BARE.finditer(text):
        yield from _numbers(match, text, "", 1)


def _unit(match: re.Match[str]) -> tuple[str, int]:
    if match["points"]:
        return "points", 1
    if match["percent"]:
        return "%", 1
    if match["times"]:
        return "times", 1
    scale = (match["scale"] or "").rstrip(".")
    return "SEK", next((size for words, size in SCALES if scale and re.fullmatch(words, scale, re.IGNORECASE)), 1)


def _numbers(match: re.Match[str], text: str, unit: str, scale: int) -> Iterator[Number]:
    role, how = _left(text[: match.start()])
    groups = match.groupdict()
    first, link, second = match["first"], (groups.get("link") or "").strip(), groups.get("second")
    signs = {"+": 1, "−": -1, "-": -1, "–": -1}
    sign = signs.get(groups.get("sign") or "", 0)
    growth = unit == "times" or bool(groups.get("percent") and "procentig" in groups["percent"].lower())
    low = _written(first, unit, how)
    if unit == "times":
        more = low.low - 1
        low = Written(abs(more) * 100, abs(more) * 100, low.step * 100, how)
        sign, unit = (1 if more >= 0 else -1), "%"
    if second is None:
        yield Number(match.start(), match.end(), low, unit, scale, sign, role, is_growth=growth)
        return
    high = _written(second.lstrip("+−"), unit, how)
    middle = match.start("second")
    between = re.search(r"\bmellan\s+$", text[: match.start()], re.IGNORECASE)
    if link in ("–", "−", "-") or (link == "och" and between):
        low_, high_ = sorted((low.low, high.low))
        yield Number(
            match.start(), match.end(), Written(low_, high_, max(low.step, high.step), how), unit, scale, sign, role, is_growth=growth
        )
    elif link.lower() == "till":
        yield Number(match.start(), match.end("first"), low, unit, scale, sign, role or "från", is_growth=growth)
        yield Number(middle, match.end(), high, unit, scale, sign, "till", is_growth=growth)
    else:
        yield Number(match.start(), match.end("first"), low, unit, scale, sign, role, 0, growth)
        yield Number(middle, match.end(), high, unit, scale, sign, role, 1, growth)


def _left(before: str) -> tuple[str, How]:
    match = LEFT.search(before)
    if not match:
        return "", ""
    said = (match["how"] or "").lower()
    how: How = next((how for words, how in HOW.items() if said and re.fullmatch(words, said)), "")
    return (match["role"] or "").lower().replace("ifrån", "från"), how


LONGEST_NUMBER = 25
"""Digits that are read: what has more is no figure of this world."""


def _written(digits: str, unit: str, how: How) -> Written:
    """The number and the unit of its last printed place; in amounts, thousands that end in 000 are rounded to thousands."""
    word = digits.lower()
    if word in NUMERALS:
        return Written(Decimal(NUMERALS[word]), Decimal(NUMERALS[word]), Decimal(1), how)
    plain = re.sub(SPACE, "", digits)[:LONGEST_NUMBER]
    plain = plain.replace(".", "") if re.fullmatch(r"\d{1,3}(?:\.\d{3})+", plain) else plain.replace(",", ".")
    value = Decimal(plain)
    step = Decimal(1).scaleb(-len(plain.partition(".")[2]))
    while unit == "SEK" and step >= 1 and value % (step * 1000) == 0 and value >= step * 1000:
        step *= 1000
    return Written(value, value, step, how)


STEMS = {
    "05": "östgötsk",
    "07": "kronobergsk",
    "09": "gotländsk",
    "10": "blekingsk",
    "12": "skånsk",
    "13": "halländsk",
    "17": "värmländsk",
    "19": "västmanländsk",
    "04": "sörmländsk",
    "22": "västernorrländsk",
    "23": "jämtländsk",
    "24": "västerbottnisk",
    "25": "norrbottnisk",
}
NATIONAL = r"\b(?:hela\s+)?(?:riket|landet|Sverige)s?\b(?:\s+som\s+helhet)?"


def _regions(text: str, names: Mapping[str, str]) -> Iterator[Token]:
    named: list[Region] = []
    for code, name in names.items():
        if code == NATION:
            pattern = NATIONAL
        else:
            # No county's plain name ends in s, so that an s is the genitive's.
            plain = re.escape(name.removesuffix(" län").removesuffix("s")).replace(r"\ ", r"\s+")
            extra = r"(?:[\s-]+Härjedalen)?" if code == "23" else ""
            pattern = rf"\b(?:Region\s+)?{plain}{extra}(?:s?regionen)?s?\b(?:\s+län(?:et)?s?\b)?(?!\s+(?:kommun|stad|tätort))"
            pattern += rf"|\b{STEMS[code]}[at]?\b" if code in STEMS else ""
        named += [Region(match.start(), match.end(), (code,)) for match in re.finditer(pattern, text, re.IGNORECASE)]
    named.sort(key=lambda region: region.start)
    while named:
        group = [named.pop(0)]
        while named and re.fullmatch(r"\s*(?:,|och|samt|respektive|&)\s*", text[group[-1].end : named[0].start]):
            group.append(named.pop(0))
        codes = tuple(itertools.chain.from_iterable(region.codes for region in group))
        yield Region(group[0].start, group[-1].end, codes)
    for match in re.finditer(r"\b(?:region|län)(?:en|et)s?\b", text, re.IGNORECASE):
        yield Region(match.start(), match.end(), ())


HIGHEST = r"(?:högst|störst|främst|bäst)a?|mest|flest|(?:snabbast|starkast|kraftigast|tydligast)e?"
LOWEST = r"(?:lägst|minst|sämst)a?|(?:svagast|långsammast)e?"
ORDINAL = _any([*ORDINALS])
GROWTH_NOUN = r"(?:procentuella\s+|relativa\s+)?(?:ökning|tillväxt|uppgång|minskning|nedgång|utveckling|växt|förändring)\w*"
LEVEL_NOUN = r"(?:varu|tjänste)?export(?:en|ens|län|region|värde\w*|värdet|ör\w*|erande)?\b|nivå\w*|värde\w*|andel\w*|antal\w*|tal(?:et)?\b"
PLACE = re.compile(
    rf"\b(?:plats|placering)(?:\s+nummer)?\s+(?P<number>\d+|{NUMERAL})\b|\bnummer\s+(?P<other>{NUMERAL}|\d+)\b"
    rf"|\b(?P<ordinal>{ORDINAL}|\d+:[ea])[\s-]*(?:plats|placering|rang)\w*|\b(?:som|är|blev)\s+(?:landets\s+)?(?P<noun>{_any([*PLACES])})\b"
    rf"|\b(?P<last>kommer\s+sist|ligger\s+sist|sista\s+plats\w*|jumboplats\w*)|\b(?P<first>ligger\s+(?:först|i\s+topp|högst)|toppar)\b",
    re.IGNORECASE,
)
SUPERLATIVE = re.compile(
    rf"(?:\b(?:bland|av|till|en\s+av)\s+(?:de\s+|landets\s+|Sveriges\s+)?(?P<within>\d+|{NUMERAL})\s+|\b(?P<ordinal>{ORDINAL}|\d+:[ea])\s+)?\b(?:(?P<high>{HIGHEST})|(?P<low>{LOWEST}))\b"
    rf"|\btopp[\s-](?P<top>\d+|{NUMERAL})\b",
    re.IGNORECASE,
)


def _ranks(text: str) -> Iterator[Token]:
    for match in PLACE.finditer(text):
        if match["last"] or match["first"]:
            yield Rank(match.start(), match.end(), 1, below=bool(match["last"]), sure=True)
        elif match["noun"]:
            yield Rank(match.start(), match.end(), PLACES[match["noun"].lower()], sure=True)
        else:
            yield Rank(match.start(), match.end(), _place(match["number"] or match["other"] or match["ordinal"]), sure=True)
    for match in SUPERLATIVE.finditer(text):
        within = match["top"] or match["within"]
        place = _place(within or match["ordinal"] or "1")
        noun = re.match(
            rf"(?:\W+[\w-]+){{0,2}}?\W+(?:(?P<growth>{GROWTH_NOUN})|(?P<level>{LEVEL_NOUN}))", text[match.end() :], re.IGNORECASE
        )
        of: Literal["growth", "level", ""] = "" if not noun else "growth" if noun["growth"] else "level"
        yield Rank(match.start(), match.end(), place, bool(match["low"]), bool(within), place > 1, of)


def _place(said: str) -> int:
    said = said.lower().partition(":")[0]
    return int(said) if said.isdigit() else ORDINALS.get(said) or NUMERALS[said]
