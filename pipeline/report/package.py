"""What machines read about the results: datapackage.json (Data Package v2) and dcat.jsonld (DCAT-AP-SE 3.0).

Meanings, units, types and keys come from tables/, licences and dates from sources.toml, and what only the publisher knows from
[publication] in the award. Nothing else is said: what is not known is left out, and missing() names it.
"""

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from pipeline import __version__
from pipeline.award import Award
from pipeline.declarations import ERRORS, REGIONS
from pipeline.report.chapters.method import credits_of_statistics
from pipeline.report.language import Language
from pipeline.report.words import Code
from pipeline.results import Output
from pipeline.schemas import Column, Schema, round_schemas
from pipeline.settings import on_the_web
from pipeline.sources import Source, Sources

Json = dict[str, Any]
Texts = Mapping[Code, str]
"""A text by language."""
Outputs = Mapping[str, Output]

PROFILES = "https://datapackage.org/profiles/2.0"
MEDIA_TYPES = {
    ".csv": "text/csv",
    ".json": "application/json",
    ".parquet": "application/vnd.apache.parquet",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
CONSTRAINTS = {"lowest": "minimum", "above": "exclusiveMinimum", "highest": "maximum", "one_of": "enum", "pattern": "pattern"}
"""What the standard calls a check of a column."""
TYPES = {"string": "string", "int64": "integer", "double": "number", "bool": "boolean", "date32[day]": "date"}
LICENCES = {
    "CC0-1.0": "http://creativecommons.org/publicdomain/zero/1.0/",
    "CC-BY-4.0": "http://creativecommons.org/licenses/by/4.0/",
    "MIT": "https://opensource.org/license/mit",
}
"""Addresses of licences that sources.toml may name; others are told in words."""


def described(files: Outputs, award: Award, sources: Sources) -> dict[str, str]:
    """The text of datapackage.json and of dcat.jsonld. files: what the run has written, by its place in the results."""
    texts = {"datapackage.json": datapackage(files, award, sources), "dcat.jsonld": dcat(files, award, sources)}
    return {name: json.dumps(content, ensure_ascii=False, indent=2) + "\n" for name, content in texts.items()}


# Data Package


def datapackage(files: Outputs, award: Award, sources: Sources) -> Json:
    """The data package of every table: the CSV file is described, and names the same as Parquet, which few validators read a null of."""
    trial = sources.illustrative
    *others, own = languages(award)
    schemas = round_schemas(award.catalogue, award.statistics, award.meanings, award.ranking_columns)
    content = own.say("package.package", years=own.span(award.years.first, award.years.last))
    notice = [own.say("package.notice", files=", ".join(trial))] if trial else []
    marks = [language.say("package.mark") for language in (own, *others)]
    resources = [
        _resource(path, files, sources, schemas[table]) for path in files if path.endswith(".csv") and (table := table_of(path)) in schemas
    ]
    return {
        "$schema": f"{PROFILES}/datapackage.json",
        "name": re.sub(r"[^a-z0-9._-]+", "-", f"exportregion-{award.name}".lower()),
        "title": f"{award.title} – {', '.join(marks)}" if trial else award.title,
        "description": " ".join([*notice, content, own.say("package.proposal"), *credits_of_statistics(award, own.code)]),
        "version": __version__,
        "keywords": [
            *(word for language in (own, *others) for word in _keywords(award, language)),
            *(mark.lower() for mark in marks if trial),
        ],
        "licenses": _licences(sources.entries.values()),
        "sources": [_source(source) for source in sources.entries.values()],
        "resources": resources,
    }


def table_of(path: str) -> str:
    """The table that a file of the results holds; empty for other files."""
    place = PurePosixPath(path)
    return f"{place.parent.name or 'ranking'}.{place.stem}" if place.suffix in (".parquet", ".csv") else ""


def languages(award: Award) -> list[Language]:
    """The languages that the award's geography has words in, Swedish before English."""
    geography = award.catalogue.geography
    return [Language(code, geography.nouns(code)) for code in geography.languages]


def _keywords(award: Award, language: Language) -> list[str]:
    """What the results are about: in general, and the statistics of this round."""
    statistics = (getattr(award.catalogue.statistics[name], language.code).name for name in award.statistic_years)
    return [*language.several("package.keywords"), *(name[:1].lower() + name[1:] for name in statistics)]


def _resource(path: str, files: Outputs, sources: Sources, schema: Schema) -> Json:
    table = table_of(path)
    parquet = f"{table.replace('.', '/')}.parquet"
    of = [source for source in sources.entries.values() if _comes_from(table, source)]
    return {
        "$schema": f"{PROFILES}/dataresource.json",
        "name": table,
        "type": "table",
        "path": path,
        "title": table,
        "description": schema.description,
        "format": "csv",
        "mediatype": MEDIA_TYPES[".csv"],
        "encoding": "utf-8",
        **_integrity(files[path]),
        "parquet": {"path": parquet, **_integrity(files[parquet])},
        **({"licenses": _licences(of)} if _licences(of) else {}),
        **({"sources": [_source(source) for source in of]} if of else {}),
        "schema": _table_schema(table, schema),
    }


def _integrity(output: Output) -> Json:
    return {"bytes": output.size, "hash": f"sha256:{output.sha256}"}


def _comes_from(table: str, source: Source) -> bool:
    """Whether a table is a source's own, read or staged; indicators and what follows are made of several."""
    schema, name = table.split(".")
    return schema in ("ingested", "staging") and (name == source.table or (name == "figures" and source.table not in (REGIONS, ERRORS)))


def _table_schema(table: str, schema: Schema) -> Json:
    key = list(schema.grain)
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


def _field(name: str, column: Column) -> Json:
    kind = str(column.type)
    unit = column.metadata.get("unit")
    constraints: Json = {} if column.nullable else {"required": True}
    if column.unique:
        constraints["unique"] = True
    constraints |= {CONSTRAINTS[check]: bound for check, bound in column.checks.items() if check in CONSTRAINTS}
    field: Json = {"name": name, "type": TYPES.get(kind, "number"), "description": str(column.description)}
    if kind == "string" and not column.nullable:
        field["missingValues"] = []  # an empty text is known: a figure of no class
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
LANGUAGE = {"sv": f"{AUTHORITY}/language/SWE", "en": f"{AUTHORITY}/language/ENG"}


def dcat(files: Outputs, award: Award, sources: Sources) -> Json:
    """The catalogue as JSON-LD. Addresses are relative to the file's own place, until the award names the place."""
    published = award.publication
    base = {"@base": published.address} if published else {}
    ranking, tables = _datasets(files, award, sources)
    return {
        "@context": CONTEXT | base,
        "@id": f"{FILE}#catalog",
        "@type": "dcat:Catalog",
        "dct:title": _texts(_both(award, "package.results", title=award.title), award, sources),
        "dct:description": _description(_both(award, "package.basis"), award, sources),
        "dct:language": [{"@id": LANGUAGE[language.code]} for language in languages(award)],
        **_spatial(award),
        "dcat:themeTaxonomy": {"@id": f"{AUTHORITY}/data-theme"},
        **({"dct:license": {"@id": CC0}, "dct:conformsTo": {"@id": SPECIFICATION}} if published else {}),
        **_issued(award),
        **_publisher(award),
        "dcat:dataset": [ranking, tables],
    }


def _datasets(files: Outputs, award: Award, sources: Sources) -> tuple[Json, Json]:
    tables_as = {ending: [path for path in files if path.endswith(ending)] for ending in (".csv", ".parquet")}
    ranking = [_distribution(path, files[path], award, sources) for path in ("ranking.csv", "ranking/ranking.parquet") if path in files]
    others = [_distribution(path, files[path], award, sources) for path in files if path.endswith((".xlsx", ".json")) and "/" in path]
    first = _dataset(
        "ranking",
        _both(award, "package.ranking", title=award.title),
        _both(award, "package.ranking_is", window=languages(award)[0].span(award.window.base, award.window.final)),
        ranking,
        award,
        sources,
    )
    second = _dataset(
        "tables",
        _both(award, "package.tables", title=award.title),
        _both(award, "package.tables_are"),
        [*(_all_tables(ending, paths, files, award, sources) for ending, paths in tables_as.items()), *others],
        award,
        sources,
    )
    pages = [{"@id": quote(path), "@type": "foaf:Document"} for path in files if path.endswith((".html", ".pdf"))]
    first |= {"foaf:page": pages} if pages else {}
    first["dct:source"] = [_source_dataset(name, source, award) for name, source in sources.entries.items()]
    return first, second


def _dataset(name: str, title: Texts, description: Texts, distributions: list[Json], award: Award, sources: Sources) -> Json:
    trial = sources.illustrative
    keywords = [
        {"@value": word, "@language": language.code}
        for language in languages(award)
        for word in (*_keywords(award, language), *((language.say("package.mark").lower(),) if trial else ()))
    ]
    return {
        "@id": f"{FILE}#{name}",
        "@type": "dcat:Dataset",
        "dct:identifier": f"exportregion-{award.name}-{name}",
        "dct:title": _texts(title, award, sources),
        "dct:description": _description(description, award, sources),
        "dcat:keyword": keywords,
        "dcat:theme": [{"@id": f"{AUTHORITY}/data-theme/{theme}"} for theme in ("ECON", "REGI")],
        "dct:language": {"@id": LANGUAGE[languages(award)[0].code]},
        **_spatial(award),
        "dct:temporal": {
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": _typed(f"{award.years.first}-01-01", "date"),
            "dcat:endDate": _typed(f"{award.years.last}-12-31", "date"),
        },
        "dcat:temporalResolution": _typed("P1Y", "duration"),
        "dct:provenance": {"@type": "dct:ProvenanceStatement", "dct:description": _provenance(award, sources)},
        "dct:source": [{"@id": f"{FILE}#source-{quote(name)}"} for name in sources.entries],
        **({"dct:accessRights": {"@id": f"{AUTHORITY}/access-right/PUBLIC"}} if award.publication else {}),
        **_issued(award),
        **_publisher(award),
        **_contact(award),
        "dcat:distribution": distributions,
    }


def _source_dataset(name: str, source: Source, award: Award) -> Json:
    """A source as a dataset of its publisher's, whose page is where it can be found."""
    provenance = {language.code: _origin(source, language) for language in languages(award)}
    page = {"dcat:landingPage": {"@id": source.page, "@type": "foaf:Document"}} if _address(source) else {}
    return {
        "@id": f"{FILE}#source-{quote(name)}",
        "@type": "dcat:Dataset",
        "dct:title": source.title,
        "dct:description": _literals(provenance),
        "dct:publisher": {"@type": "foaf:Agent", "foaf:name": source.publisher},
        **page,
    }


def _distribution(path: str, output: Output, award: Award, sources: Sources) -> Json:
    name = PurePosixPath(path)
    language = "en" if name.name.split(".")[0].endswith("-en") else "sv"
    return {
        "@id": f"{FILE}#{quote(path)}",
        "@type": "dcat:Distribution",
        "dct:title": _texts({language.code: path for language in languages(award)}, award, sources),
        **_format(name.suffix),
        "dcat:accessURL": {"@id": quote(path)},
        "dcat:downloadURL": {"@id": quote(path)},
        "dcat:byteSize": _typed(str(output.size), "nonNegativeInteger"),
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
            "spdx:checksumValue": _typed(output.sha256, "hexBinary"),
        },
        **({"dct:language": {"@id": LANGUAGE[language]}} if name.parent.name == "report" else {}),
        **_rights(award, sources),
    }


def _all_tables(ending: str, paths: list[str], files: Outputs, award: Award, sources: Sources) -> Json:
    """Files of one format: one distribution with several addresses, as the Swedish profile has it. datapackage.json has their checksums."""
    return {
        "@id": f"{FILE}#{ending.removeprefix('.')}",
        "@type": "dcat:Distribution",
        "dct:title": _texts(_both(award, f"package{ending}"), award, sources),
        **_format(ending),
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
    licences = "; ".join(f"{source.file}: {source.licence}" for source in sources.entries.values())
    statement = {"@type": "dct:RightsStatement", "rdfs:label": _literals(_both(award, "package.licences", licences=licences))}
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


def _spatial(award: Award) -> Json:
    """Where the regions are, if the geography has an address for it."""
    spatial = award.catalogue.geography.spatial
    return {"dct:spatial": {"@id": spatial, "@type": "dct:Location"}} if spatial else {}


def _issued(award: Award) -> Json:
    day = award.publication.issued if award.publication else None
    return {"dct:issued": _typed(day.isoformat(), "date")} if day else {}


def _provenance(award: Award, sources: Sources) -> list[Json]:
    return _literals(
        {language.code: "; ".join(_origin(source, language) for source in sources.entries.values()) for language in languages(award)}
    )


def _origin(source: Source, language: Language) -> str:
    kind, retrieved = language.say(f"sources.kind.{source.kind}"), source.retrieved.isoformat()
    return language.say("package.provenance", title=source.title, publisher=source.publisher, kind=kind, retrieved=retrieved)


def _both(award: Award, key: str, **places: object) -> Texts:
    return {language.code: language.say(key, **places) for language in languages(award)}


def _texts(by_language: Texts, award: Award, sources: Sources) -> list[Json]:
    """Texts that say first, where it is so, that the data are illustrative."""
    marks = _both(award, "package.mark")
    return _literals({code: f"{marks[code]}: {text}" if sources.illustrative else text for code, text in by_language.items()})


def _description(by_language: Texts, award: Award, sources: Sources) -> list[Json]:
    """Texts between the whole notice, where there is one, and what a ranking is."""
    trial = sources.illustrative
    notices, proposals = _both(award, "package.notice", files=", ".join(trial)), _both(award, "package.proposal")
    parts = {code: [*([notices[code]] if trial else []), text, proposals[code]] for code, text in by_language.items()}
    return _literals({code: " ".join(texts) for code, texts in parts.items()})


def _literals(by_language: Texts) -> list[Json]:
    return [{"@value": text, "@language": code} for code, text in by_language.items()]


def _typed(value: str, kind: str) -> Json:
    return {"@value": value, "@type": f"xsd:{kind}"}
