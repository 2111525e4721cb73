"""What machines read about the results: datapackage.json (Data Package v2) and dcat.jsonld (DCAT-AP-SE 3.0).

Meanings, units, types and keys come from schemas.py, licences and dates from sources.toml, and what only the publisher knows from
[publication] in the award. Nothing else is said: what is not known is left out, and missing() names it.
"""

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

import pandera.pandas as pan

from pipeline import __version__
from pipeline.results import Output, illustrative
from pipeline.schemas import ranking_schema, schemas
from pipeline.settings import Award, Source, Sources, on_the_web

Json = dict[str, Any]
Outputs = Mapping[str, Output]

PROFILES = "https://datapackage.org/profiles/2.0"
MEDIA_TYPES = {
    ".csv": "text/csv",
    ".parquet": "application/vnd.apache.parquet",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
TYPES = {"string": "string", "int64": "integer", "double": "number", "bool": "boolean", "date32[day]": "date"}
LICENCES = {
    "CC0-1.0": "http://creativecommons.org/publicdomain/zero/1.0/",
    "CC-BY-4.0": "http://creativecommons.org/licenses/by/4.0/",
    "MIT": "https://opensource.org/license/mit",
}
"""Addresses of licences that sources.toml may name; others are told in words."""

NOTICE = {
    "sv": "ILLUSTRATIVA UPPGIFTER, INGEN STATISTIK: {files} är framtagna för att pröva verktyget.",
    "en": "ILLUSTRATIVE DATA, NOT STATISTICS: {files} were made to try the tool.",
}
MARK = {"sv": "ILLUSTRATIVA UPPGIFTER", "en": "ILLUSTRATIVE DATA"}
KEYWORDS = {
    "sv": ("export", "län", "regional statistik", "små och medelstora företag", "Årets exportregion"),
    "en": ("exports", "counties", "regional statistics", "small and medium-sized enterprises", "Sweden"),
}
PROPOSAL = {
    "sv": "En rangordning föreslår; människor nominerar. Källa: SCB, egen bearbetning.",
    "en": "A ranking proposes; people nominate. Source: SCB, processed further.",
}


def described(files: Outputs, award: Award, sources: Sources) -> dict[str, str]:
    """The text of datapackage.json and of dcat.jsonld. files: what the run has written, by its place in the results."""
    texts = {"datapackage.json": datapackage(files, award, sources), "dcat.jsonld": dcat(files, award, sources)}
    return {name: json.dumps(content, ensure_ascii=False, indent=2) + "\n" for name, content in texts.items()}


# Data Package


def datapackage(files: Outputs, award: Award, sources: Sources) -> Json:
    """The data package of every table, as Parquet and, where there is one, as CSV."""
    trial = illustrative(sources)
    notice = NOTICE["en"].format(files=", ".join(trial)) + " " if trial else ""
    years = f"{award.years.first}–{award.years.last}"
    resources = [_resource(path, output, award, sources) for path, output in files.items() if table_of(path)]
    return {
        "$schema": f"{PROFILES}/datapackage.json",
        "name": re.sub(r"[^a-z0-9._-]+", "-", f"exportregion-{award.name}".lower()),
        "title": f"{award.title} – {MARK['en']}, {MARK['sv']}" if trial else award.title,
        "description": f"{notice}Indicators and ranking of Sweden's counties, {years}: all tables of the run. {PROPOSAL['en']}",
        "version": __version__,
        "keywords": [*KEYWORDS["en"], *KEYWORDS["sv"], *((MARK["en"].lower(), MARK["sv"].lower()) if trial else ())],
        "licenses": _licences(sources.entries.values()),
        "sources": [_source(source) for source in sources.entries.values()],
        "resources": resources,
    }


def table_of(path: str) -> str:
    """The table that a file of the results holds; empty for other files."""
    place = PurePosixPath(path)
    schema = {".parquet": place.parent.name, ".csv": "ranking"}.get(place.suffix, "")
    return f"{schema}.{place.stem}" if f"{schema}.{place.stem}" in schemas() else ""


def _resource(path: str, output: Output, award: Award, sources: Sources) -> Json:
    table = table_of(path)
    ending = PurePosixPath(path).suffix
    schema = ranking_schema(table, [one.name for one in award.indicators]) if table.startswith("ranking.") else schemas()[table]
    of = [source for source in sources.entries.values() if _comes_from(table, source)]
    return {
        "$schema": f"{PROFILES}/dataresource.json",
        "name": table if ending == ".parquet" else f"{table}{ending}",
        "type": "table",
        "path": path,
        "title": table,
        "description": schema.description or "",
        "format": ending.removeprefix("."),
        "mediatype": MEDIA_TYPES[ending],
        "encoding": "utf-8",
        "bytes": output.size,
        "hash": f"sha256:{output.sha256}",
        **({"licenses": _licences(of)} if _licences(of) else {}),
        **({"sources": [_source(source) for source in of]} if of else {}),
        "schema": _table_schema(table, schema),
    }


def _comes_from(table: str, source: Source) -> bool:
    """Whether a table is a source's own, read or staged; indicators and what follows are made of several."""
    schema, name = table.split(".")
    return schema in ("ingested", "staging") and name.removesuffix("_totals" if source.table == "goods_exports" else "") == source.table


def _table_schema(table: str, schema: pan.DataFrameSchema) -> Json:
    key = list(schema.unique or [])
    nullable = any(schema.columns[name].nullable for name in key)
    refers = "region_code" in schema.columns and not table.endswith(".regions")
    reference = {"fields": ["region_code"], "reference": {"resource": "staging.regions", "fields": ["region_code"]}}
    return {
        "$schema": f"{PROFILES}/tableschema.json",
        "fields": [_field(str(name), column) for name, column in schema.columns.items()],
        "missingValues": [""],
        **({"primaryKey": key} if key and not nullable else {}),
        **({"uniqueKeys": [key]} if key and nullable else {}),
        **({"foreignKeys": [reference]} if refers else {}),
    }


def _field(name: str, column: pan.Column) -> Json:
    kind = str(column.dtype.type.pyarrow_dtype)
    unit = (column.metadata or {}).get("unit")
    constraints: Json = {} if column.nullable else {"required": True}
    if column.unique:
        constraints["unique"] = True
    for check in column.checks:
        said = check.statistics or {}
        match check.name:
            case "greater_than_or_equal_to":
                constraints["minimum"] = said["min_value"]
            case "greater_than":
                constraints["exclusiveMinimum"] = said["min_value"]
            case "less_than_or_equal_to":
                constraints["maximum"] = said["max_value"]
            case "isin":
                constraints["enum"] = list(said["allowed_values"])
            case "str_matches":
                constraints["pattern"] = said["pattern"]
    field = {"name": name, "type": TYPES.get(kind, "number"), "description": str(column.description)}
    return field | ({"unit": unit} if unit else {}) | ({"constraints": constraints} if constraints else {})


def _licences(sources: Iterable[Source]) -> list[Json]:
    """The licences that the sources name by a known identifier, each once."""
    names = dict.fromkeys(source.licence for source in sources)
    return [{"name": name, "path": LICENCES[name]} for name in names if name in LICENCES]


def _source(source: Source) -> Json:
    published = {"version": source.published.isoformat()} if source.published else {}
    said = {"file": source.file, "kind": source.kind, "publisher": source.publisher, "license": source.licence}
    facts = {"covers": source.covers, "retrieved": source.retrieved.isoformat(), "sha256": source.sha256}
    return {"title": source.title, **_address(source), **published, **said, **facts}


def _address(source: Source) -> Json:
    return {"path": source.page} if on_the_web(source.page) else {}


# DCAT-AP-SE

CONTEXT = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
"""Stands in the file itself: no reader has to fetch anything."""

FILE = "dcat.jsonld"
SPECIFICATION = "https://docs.dataportal.se/dcat/3.0.1/sv/"
CC0 = LICENCES["CC0-1.0"]
AUTHORITY = "http://publications.europa.eu/resource/authority"
SWEDEN = "http://sws.geonames.org/2661886"
LANGUAGES = {"sv": f"{AUTHORITY}/language/SWE", "en": f"{AUTHORITY}/language/ENG"}


def dcat(files: Outputs, award: Award, sources: Sources) -> Json:
    """The catalogue as JSON-LD. Addresses are relative to the file's own place, until the award names the place."""
    published = award.publication
    base = {"@base": published.address} if published else {}
    ranking, tables = _datasets(files, award, sources)
    return {
        "@context": CONTEXT | base,
        "@id": f"{FILE}#catalog",
        "@type": "dcat:Catalog",
        "dct:title": _texts({"sv": f"{award.title}: resultat", "en": f"{award.title}: results"}, sources),
        "dct:description": _texts(
            {
                "sv": f"Indikatorer och rangordning som underlag för nominering. {PROPOSAL['sv']}",
                "en": f"Indicators and ranking as a basis for nomination. {PROPOSAL['en']}",
            },
            sources,
            in_full=True,
        ),
        "dct:language": [{"@id": LANGUAGES["sv"]}, {"@id": LANGUAGES["en"]}],
        "dct:spatial": {"@id": SWEDEN, "@type": "dct:Location"},
        "dcat:themeTaxonomy": {"@id": f"{AUTHORITY}/data-theme"},
        **({"dct:license": {"@id": CC0}, "dct:conformsTo": {"@id": SPECIFICATION}} if published else {}),
        **_issued(award),
        **_publisher(award),
        "dcat:dataset": [ranking, tables],
    }


def _datasets(files: Outputs, award: Award, sources: Sources) -> tuple[Json, Json]:
    window = f"{award.window.base}–{award.window.final}"
    parquet = [path for path in files if path.endswith(".parquet")]
    ranking = [_distribution(path, files[path], award, sources) for path in ("ranking.csv", "ranking/ranking.parquet") if path in files]
    books = [_distribution(path, files[path], award, sources) for path in files if path.endswith(".xlsx")]
    first = _dataset(
        "ranking",
        {"sv": f"{award.title}: rangordning av länen", "en": f"{award.title}: ranking of the counties"},
        {
            "sv": f"Varje läns plats, poäng och indikatorer {window}, och varför ett län inte rangordnas.",
            "en": f"Each county's place, score and indicators {window}, and why one is not ranked.",
        },
        ranking,
        award,
        sources,
    )
    second = _dataset(
        "tables",
        {"sv": f"{award.title}: alla tabeller", "en": f"{award.title}: all tables"},
        {
            "sv": "Alla tabeller från råceller till rangordning och prövningar av den; datapackage.json säger vad varje kolumn betyder.",
            "en": "All tables from raw cells to the ranking and its challenges; datapackage.json tells what each column means.",
        },
        [_all_tables(parquet, files, award, sources), *books],
        award,
        sources,
    )
    pages = [{"@id": quote(path), "@type": "foaf:Document"} for path in files if path.endswith((".html", ".pdf"))]
    first |= {"foaf:page": pages} if pages else {}
    return first, second


def _dataset(name: str, title: Json, description: Json, distributions: list[Json], award: Award, sources: Sources) -> Json:
    trial = illustrative(sources)
    keywords = [
        {"@value": word, "@language": code}
        for code in ("sv", "en")
        for word in (*KEYWORDS[code], *((MARK[code].lower(),) if trial else ()))
    ]
    return {
        "@id": f"{FILE}#{name}",
        "@type": "dcat:Dataset",
        "dct:identifier": f"exportregion-{award.name}-{name}",
        "dct:title": _texts(title, sources),
        "dct:description": _texts({code: f"{text} {PROPOSAL[code]}" for code, text in description.items()}, sources, in_full=True),
        "dcat:keyword": keywords,
        "dcat:theme": [{"@id": f"{AUTHORITY}/data-theme/{theme}"} for theme in ("ECON", "REGI")],
        "dct:language": {"@id": LANGUAGES["sv"]},
        "dct:spatial": {"@id": SWEDEN, "@type": "dct:Location"},
        "dct:temporal": {
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": _typed(f"{award.years.first}-01-01", "date"),
            "dcat:endDate": _typed(f"{award.years.last}-12-31", "date"),
        },
        "dcat:temporalResolution": _typed("P1Y", "duration"),
        "dct:provenance": {"@type": "dct:ProvenanceStatement", "dct:description": _provenance(sources)},
        "dct:source": [{"@id": page} for page in dict.fromkeys(source.page for source in sources.entries.values() if _address(source))],
        **({"dct:accessRights": {"@id": f"{AUTHORITY}/access-right/PUBLIC"}} if award.publication else {}),
        **_issued(award),
        **_publisher(award),
        **_contact(award),
        "dcat:distribution": distributions,
    }


def _distribution(path: str, output: Output, award: Award, sources: Sources) -> Json:
    name = PurePosixPath(path)
    language = "en" if name.stem.endswith("-en") else "sv"
    return {
        "@id": f"{FILE}#{quote(path)}",
        "@type": "dcat:Distribution",
        "dct:title": _texts({"sv": path, "en": path}, sources),
        **_format(name.suffix),
        "dcat:accessURL": {"@id": quote(path)},
        "dcat:downloadURL": {"@id": quote(path)},
        "dcat:byteSize": _typed(str(output.size), "nonNegativeInteger"),
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
            "spdx:checksumValue": _typed(output.sha256, "hexBinary"),
        },
        **({"dct:language": {"@id": LANGUAGES[language]}} if name.suffix == ".xlsx" else {}),
        **_rights(award, sources),
    }


def _all_tables(paths: list[str], files: Outputs, award: Award, sources: Sources) -> Json:
    """Files of one kind: one distribution with several addresses, as the Swedish profile has it. datapackage.json has their checksums."""
    return {
        "@id": f"{FILE}#parquet",
        "@type": "dcat:Distribution",
        "dct:title": _texts({"sv": "Alla tabeller som Parquet", "en": "All tables as Parquet"}, sources),
        **_format(".parquet"),
        "dcat:accessURL": {"@id": "datapackage.json"},
        "dcat:downloadURL": [{"@id": quote(path)} for path in paths],
        "dcat:byteSize": _typed(str(sum(files[path].size for path in paths)), "nonNegativeInteger"),
        **_rights(award, sources),
    }


def _format(ending: str) -> Json:
    kind = MEDIA_TYPES[ending]
    return {"dct:format": kind, "dcat:mediaType": {"@id": f"https://www.iana.org/assignments/media-types/{kind}"}}


def _rights(award: Award, sources: Sources) -> Json:
    """The licence that the publisher has decided, else the one that all sources share; and the sources' licences in words."""
    shared = {source.licence for source in sources.entries.values()}
    decided = award.publication.licence if award.publication else None
    licence = decided or (LICENCES.get(next(iter(shared))) if len(shared) == 1 else None)
    told = "; ".join(f"{source.file}: {source.licence}" for source in sources.entries.values())
    statement = {
        "@type": "dct:RightsStatement",
        "rdfs:label": _literals({"sv": f"Källornas licenser: {told}", "en": f"Licences of the sources: {told}"}),
    }
    return {**({"dct:license": {"@id": licence}} if licence else {}), "dct:rights": statement}


def _publisher(award: Award) -> Json:
    published = award.publication
    if published is None:
        return {}
    agent = {
        "@id": published.publisher_page,
        "@type": "foaf:Agent",
        "foaf:name": published.publisher,
        "dct:type": {"@id": f"http://purl.org/adms/publishertype/{published.publisher_type}"},
    }
    return {"dct:publisher": agent}


def _contact(award: Award) -> Json:
    published = award.publication
    if published is None:
        return {}
    kind = {"@type": "vcard:Organization", "vcard:fn": published.contact, "vcard:hasEmail": {"@id": f"mailto:{published.email}"}}
    return {"dcat:contactPoint": {"@id": f"{FILE}#contact", **kind}}


def _issued(award: Award) -> Json:
    day = award.publication.issued if award.publication else None
    return {"dct:issued": _typed(day.isoformat(), "date")} if day else {}


def _provenance(sources: Sources) -> list[Json]:
    def told(source: Source, code: str) -> str:
        words = {"sv": ("officiell", "illustrativ", "hämtad"), "en": ("official", "illustrative", "retrieved")}[code]
        kind = words[0] if source.kind == "official" else words[1]
        return f"{source.title} ({source.publisher}, {kind}; {words[2]} {source.retrieved.isoformat()})"

    return _literals({code: "; ".join(told(source, code) for source in sources.entries.values()) for code in ("sv", "en")})


def _texts(by_language: Json, sources: Sources, *, in_full: bool = False) -> list[Json]:
    """Texts that say first, where it is so, that the data are illustrative."""
    trial = illustrative(sources)
    if not trial:
        return _literals(by_language)
    files = ", ".join(trial)
    return _literals(
        {code: f"{NOTICE[code].format(files=files)} {text}" if in_full else f"{MARK[code]}: {text}" for code, text in by_language.items()}
    )


def _literals(by_language: Json) -> list[Json]:
    return [{"@value": text, "@language": code} for code, text in by_language.items()]


def _typed(value: str, kind: str) -> Json:
    return {"@value": value, "@type": f"xsd:{kind}"}
