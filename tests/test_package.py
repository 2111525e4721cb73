"""What machines read about the results: a data package that its tables hold, and a catalogue that names only what is known."""

import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pyshacl
import pytest
import rdflib
from conftest import PROJECT, RAW, exportregion
from frictionless import Package
from rdflib import DCAT, DCTERMS, FOAF, RDF, SH, XSD, Graph, Literal, URIRef
from rdflib.namespace import Namespace

from pipeline.award import Award, load_award
from pipeline.cubes import read_jsonstat
from pipeline.presentation import Publication
from pipeline.report.package import datapackage, dcat, described, table_of
from pipeline.results import load_run_record, outputs
from pipeline.schemas import round_schemas
from pipeline.sources import Sources, load_sources

# rdflib's own parser uses the one, and pyshacl the others.
pytestmark = [pytest.mark.filterwarnings(f"ignore:{old}") for old in ("ConjunctiveGraph is deprecated", r"Dataset\..* is deprecated")]

VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
SPDX = Namespace("http://spdx.org/rdf/terms#")
HERE = "https://data.example.org/exportregion/2021/"
PUBLICATION = f"""
[publication]
publisher = "Myndigheten för prov"
publisher_page = "https://example.org/"
publisher_type = "NationalAuthority"
contact = "Enheten för prov"
email = "prov@example.org"
address = "{HERE}"
"""


def package(complete: Path, name: str = "2021") -> dict[str, Any]:
    content: dict[str, Any] = json.loads((complete / name / "datapackage.json").read_text(encoding="utf-8"))
    return content


def catalogue(complete: Path, **publication: Any) -> Graph:
    """The catalogue of a round as a graph, its own place being HERE."""
    award = load_award("2021")
    if publication:
        award = award.model_copy(update={"publication": Publication(**publication)})
    files = outputs(complete / "2021")
    return Graph().parse(
        data=json.dumps(dcat(files, award, load_sources(RAW, load_award("2021")))), format="json-ld", publicID=f"{HERE}dcat.jsonld"
    )


GIVEN: dict[str, Any] = {
    "publisher": "Myndigheten för prov",
    "publisher_page": "https://example.org/",
    "publisher_type": "NationalAuthority",
    "contact": "Enheten för prov",
    "email": "prov@example.org",
    "address": HERE,
}


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """No reader of these files has to fetch anything."""

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr("socket.socket.connect", refuse)
    monkeypatch.setattr("socket.getaddrinfo", refuse)


# Data Package


@pytest.mark.parametrize("name", ["2021", "2022"])
def test_every_table_is_described_with_its_size_and_checksum(complete: Path, name: str) -> None:
    listed = package(complete, name)["resources"]
    resources = {copy["path"]: copy for resource in listed for copy in (resource, resource["parquet"])}
    files = [path.relative_to(complete / name).as_posix() for path in (complete / name).rglob("*") if path.suffix in (".parquet", ".csv")]
    assert sorted(resources) == sorted(files)
    for path, resource in resources.items():
        content = (complete / name / path).read_bytes()
        assert resource["bytes"] == len(content)
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
    assert len({resource["name"] for resource in listed}) == len(listed) == len(resources) / 2


def test_columns_stand_in_the_order_of_the_files_with_meaning_unit_and_limits(complete: Path) -> None:
    with duckdb.connect() as connection:
        for resource in package(complete)["resources"]:
            for path in (resource["path"], resource["parquet"]["path"]):
                found = connection.sql(f"describe from '{complete / '2021' / path}'").fetchall()
                assert [field["name"] for field in resource["schema"]["fields"]] == [row[0] for row in found]
    fields = {field["name"]: field for field in by_name(package(complete))["ranking.ranking"]["schema"]["fields"]}
    assert fields["sme_goods_exports_per_capita_growth"]["unit"] == "relative change"
    assert all(field["description"] for field in fields.values())
    assert fields["rank"] == {
        "name": "rank",
        "type": "integer",
        "description": "Place; ties follow the award's rule; empty when the region cannot be ranked",
        "constraints": {"minimum": 1},
    }
    assert fields["region_code"]["constraints"] == {"required": True, "pattern": r"^(?:\d\d)$"}
    staged = {field["name"]: field for field in by_name(package(complete))["staging.goods_exports"]["schema"]["fields"]}
    assert staged["size_class"]["constraints"]["enum"] == ["0-9", "10-49", "50-249", "250+"]
    assert staged["exports_sek"] | {"unit": "SEK"} == staged["exports_sek"]
    people = {field["name"]: field for field in by_name(package(complete))["staging.population"]["schema"]["fields"]}
    assert people["population"]["constraints"]["exclusiveMinimum"] == 0


def by_name(content: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {resource["name"]: resource for resource in content["resources"]}


def test_no_check_of_a_schema_is_left_out(complete: Path) -> None:
    award = load_award("2021")
    schemas = round_schemas(award.catalogue, award.statistics, award.meanings)
    kept = {"minimum", "maximum", "exclusiveMinimum", "enum", "pattern"}
    for resource in package(complete)["resources"]:
        table = table_of(resource["path"])
        schema = schemas[table]
        for field in resource["schema"]["fields"]:
            column = schema.columns[field["name"]]
            constraints = field.get("constraints", {})
            assert len(kept & set(constraints)) == len(column.checks), (table, field)
            assert constraints.get("required", False) == (not column.nullable)
        assert resource["schema"].get("primaryKey", resource["schema"].get("uniqueKeys", [None])[0]) == (list(schema.grain) or None)


def validated(folder: Path) -> subprocess.CompletedProcess[str]:
    """What the command says that users of the data package run."""
    command = [str(Path(sys.executable).parent / "frictionless"), "validate", "datapackage.json", "--json"]
    return subprocess.run(command, check=False, cwd=folder, capture_output=True, text=True)


def test_frictionless_finds_nothing_wrong_with_the_results_as_they_are(complete: Path) -> None:
    ran = validated(complete / "2021")
    assert ran.returncode == 0, ran.stdout
    report = json.loads(ran.stdout)
    assert report["valid"]
    assert len(report["tasks"]) == len(list((complete / "2021").glob("*/*.parquet")))


def test_the_csv_and_the_parquet_file_of_a_table_hold_the_same(complete: Path) -> None:
    with duckdb.connect() as connection:
        for resource in package(complete)["resources"]:
            paths = [complete / "2021" / path for path in (resource["path"], resource["parquet"]["path"])]
            columns = ", ".join(f"'{row[0]}': '{row[1]}'" for row in connection.sql(f"describe from '{paths[1]}'").fetchall())
            rows = [
                connection.sql(f"from {source}").fetchall()
                for source in (
                    f"read_csv('{paths[0]}', header = true, allow_quoted_nulls = false, columns = {{{columns}}})",
                    f"'{paths[1]}'",
                )
            ]
            assert rows[0] == rows[1], resource["name"]


def passes(content: dict[str, Any], folder: Path) -> list[Any]:
    """What frictionless finds wrong with the files of a data package."""
    found: list[Any] = Package.from_descriptor(content, basepath=str(folder)).validate().flatten(["type", "name", "rowNumber", "message"])
    return found


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("24,Västerbottens län,1,", "99,Västerbottens län,1,", "foreign-key"),
        ("24,Västerbottens län,1,", "24,Västerbottens län,0,", "constraint-error"),
        ("24,Västerbottens län,1,", "24,Västerbottens län,x,", "type-error"),
        ("24,Västerbottens län,1,", ",Västerbottens län,1,", "constraint-error"),
        ("13,Hallands län,2,", "24,Hallands län,2,", "primary-key"),
    ],
)
def test_the_data_package_refuses_a_spoilt_table(complete: Path, tmp_path: Path, old: str, new: str, error: str) -> None:
    content = package(complete)
    content["resources"] = [by_name(content)[name] for name in ("ranking.ranking", "staging.regions")]
    for resource in content["resources"]:
        copy = tmp_path / resource["path"]
        copy.parent.mkdir(exist_ok=True)
        copy.write_bytes((complete / "2021" / resource["path"]).read_bytes())
        del resource["bytes"], resource["hash"]
    path = tmp_path / "ranking.csv"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert error in {row[0] for row in passes(content, tmp_path)}


def test_the_standard_and_the_sources_are_named(complete: Path) -> None:
    content = package(complete)
    assert content["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert content["name"] == "exportregion-2021"
    assert "created" not in content
    assert content["licenses"] == [
        {"name": "CC0-1.0", "path": "http://creativecommons.org/publicdomain/zero/1.0/"},
        {"name": "MIT", "path": "https://opensource.org/license/mit"},
    ]
    sources = load_sources(RAW, load_award("2021"))
    assert [source["sha256"] for source in content["sources"]] == [source.sha256 for source in sources.entries.values()]
    assert all(source.get("path", "https://").startswith("https://") for source in content["sources"])
    named = by_name(content)
    assert named["staging.population"]["licenses"] == [content["licenses"][0]]
    assert [source["file"] for source in named["staging.goods_exports"]["sources"]] == ["goods_exports_by_county.xlsx"]
    assert "licenses" not in named["staging.published_export_totals"]  # quoted figures have no licence with a name
    assert "sources" not in named["ranking.ranking"]


def official(sources: Sources) -> Sources:
    entries = {name: source.model_copy(update={"kind": "official"}) for name, source in sources.entries.items()}
    return sources.model_copy(update={"entries": entries})


def test_illustrative_data_are_announced_in_both_files_and_official_ones_are_not(complete: Path) -> None:
    files, award, sources = outputs(complete / "2021"), load_award("2021"), load_sources(RAW, load_award("2021"))
    content = datapackage(files, award, sources)
    assert "ILLUSTRATIVE DATA" in content["title"]
    assert content["description"].startswith(
        "ILLUSTRATIVE DATA, NOT STATISTICS: goods_exports_by_county.xlsx, services_exports_by_county.xlsx"
    )
    assert "illustrativa uppgifter" in content["keywords"]
    graph = catalogue(complete)
    own = (graph.subjects(RDF.type, DCAT.Catalog), graph.objects(None, DCAT.dataset), graph.subjects(RDF.type, DCAT.Distribution))
    described_things = [thing for things in own for thing in things]
    assert len(described_things) == 1 + 2 + 4 + len(books(complete))
    for thing in described_things:
        titles = {str(title) for title in graph.objects(thing, DCTERMS.title)}
        assert {title.split(":")[0] for title in titles} == {"ILLUSTRATIVA UPPGIFTER", "ILLUSTRATIVE DATA"}
    for thing in described_things[:3]:
        assert all(str(text).startswith("ILLUSTRATIV") for text in graph.objects(thing, DCTERMS.description))
    for dataset in graph.objects(None, DCAT.dataset):
        assert Literal("illustrative data", lang="en") in set(graph.objects(dataset, DCAT.keyword))
    for text in described(files, award, official(sources)).values():
        assert not re.search('ILLUSTRATIV|illustrative data|illustrativa uppgifter|"illustrative"', text)


def test_both_files_are_what_the_functions_make_of_the_files_beside_them(complete: Path) -> None:
    for name in ("2021", "2022"):
        folder = complete / name
        files = {path: output for path, output in outputs(folder).items() if path not in ("run.json", "dcat.jsonld", "datapackage.json")}
        for file, text in described(files, load_award(name), load_sources(RAW, load_award(name))).items():
            assert (folder / file).read_text(encoding="utf-8") == text
        record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        assert {"datapackage.json", "dcat.jsonld"} <= set(record["outputs"])


def test_they_come_with_the_report_and_not_before_it(challenged: Path) -> None:
    assert (challenged / "robustness").is_dir()
    assert not (challenged / "datapackage.json").exists()
    assert not (challenged / "dcat.jsonld").exists()


def test_an_award_with_an_unusual_name(complete: Path) -> None:
    files, sources = outputs(complete / "2021"), load_sources(RAW, load_award("2021"))
    award = load_award("2021").model_copy(update={"name": "2021 Prov åäö"})
    files = {path.replace("-2021.", "-2021 Prov åäö."): output for path, output in files.items()}
    assert datapackage(files, award, sources)["name"] == "exportregion-2021-prov-"
    graph = Graph().parse(data=json.dumps(dcat(files, award, sources)), format="json-ld", publicID=f"{HERE}dcat.jsonld")
    assert URIRef(f"{HERE}report/exportregion-2021%20Prov%20%C3%A5%C3%A4%C3%B6.xlsx") in set(graph.objects(None, DCAT.downloadURL))


# DCAT-AP-SE


def books(complete: Path) -> list[Path]:
    return [*(complete / "2021").glob("report/*.xlsx"), *(complete / "2021").glob("report/*.json")]


def one(graph: Graph, subject: Any, predicate: Any) -> Any:
    (found,) = graph.objects(subject, predicate)
    return found


def faults(graph: Graph) -> list[tuple[str, str]]:
    """What the profiles' rules say against a catalogue: the class of the thing, and the property."""
    report: Any = pyshacl.validate(graph, shacl_graph=Graph().parse(PROJECT / "tests" / "dcat-ap.ttl"))[1]
    return sorted(
        (re.split("[/#]", str(kind))[-1], re.split("[/#]", str(one(report, result, SH.resultPath)))[-1])
        for result in report.subjects(RDF.type, SH.ValidationResult)
        for kind in graph.objects(one(report, result, SH.focusNode), RDF.type)
    )


def test_the_catalogue_keeps_the_rules_of_dcat_ap_and_of_the_swedish_profile(complete: Path) -> None:
    graph = catalogue(complete, **GIVEN, licence="http://creativecommons.org/publicdomain/zero/1.0/", issued="2026-12-01")
    assert faults(graph) == []
    sources = set(graph.objects(None, DCTERMS.source))
    assert len(sources) == len(load_sources(RAW, load_award("2021")).entries)
    assert all(URIRef(f"{HERE}dcat.jsonld#{name}") in set(graph.subjects(DCTERMS.source, None)) for name in ("ranking", "tables"))


def test_a_catalogue_that_breaks_the_rules_is_found(complete: Path) -> None:
    """One fault of each kind of rule; the paths are those of the properties that are spoilt."""
    graph, base = catalogue(complete, **GIVEN), f"{HERE}dcat.jsonld#"
    ranking, file = URIRef(f"{base}ranking"), URIRef(f"{base}ranking.csv")
    contact, publisher = URIRef(f"{base}contact"), URIRef("https://example.org/")
    graph.add((ranking, DCTERMS.source, URIRef("https://www.statistikdatabasen.scb.se/x")))
    graph.add((ranking, DCTERMS.title, Literal("En till", lang="sv")))
    graph.set((ranking, DCTERMS.accessRights, Literal("PUBLIC")))
    graph.remove((URIRef(f"{base}tables"), DCTERMS.description, None))
    graph.remove((URIRef(f"{base}source-population"), DCTERMS.publisher, None))
    graph.remove((URIRef(f"{base}catalog"), DCTERMS.license, None))
    graph.remove((publisher, FOAF.name, None))
    graph.remove((contact, VCARD.hasEmail, None))
    graph.remove((file, DCAT.accessURL, None))
    graph.set((file, DCAT.byteSize, Literal("12")))
    graph.set((one(graph, file, SPDX.checksum), SPDX.checksumValue, Literal("ab")))
    assert faults(graph) == [
        ("Agent", "name"),
        ("Catalog", "license"),
        ("Checksum", "checksumValue"),
        ("Dataset", "accessRights"),
        ("Dataset", "description"),
        ("Dataset", "publisher"),
        ("Dataset", "source"),
        ("Dataset", "title"),
        ("Distribution", "accessURL"),
        ("Distribution", "byteSize"),
        ("Organization", "hasEmail"),
    ]


def test_what_the_publisher_has_not_said_is_all_that_the_rules_miss(complete: Path) -> None:
    assert faults(catalogue(complete)) == [
        ("Catalog", "license"),
        ("Catalog", "publisher"),
        ("Dataset", "publisher"),
        ("Dataset", "publisher"),
    ]


# JSON-stat


def test_the_indicators_as_json_stat_are_read_back(complete: Path) -> None:
    content = (complete / "2021" / "report" / "exportregion-2021.jsonstat.json").read_bytes()
    cube = read_jsonstat(content, "it")
    assert cube.title == "ILLUSTRATIVA UPPGIFTER: Årets exportregion 2021"
    assert cube.contents == "indicator"
    assert cube.units["sme_goods_exports_per_capita_growth"] == "förändring, %"
    (headings, *rows), _ = cube.rows(described=["year"])
    cells = {row[0]: dict(zip(headings, row, strict=True)) for row in rows}
    assert len(cells) == 22
    assert {row["year"] for row in cells.values()} == {"2020"}
    # README's own figure, and its row of indicators_by_region.
    assert cells["25"]["sme_goods_exports_per_capita_growth"] == pytest.approx(40.99998173456605, rel=1e-12)
    assert cells["09"]["sme_goods_exports_per_capita_growth"] == "..", "withheld is a symbol and no number"
    assert cells["00"]["sme_goods_exporters_per_100k"] == ".", "the nation counts an enterprise once"
    english = read_jsonstat((complete / "2021" / "report" / "exportregion-2021-en.jsonstat.json").read_bytes(), "it")
    assert english.values == cube.values
    assert english.notes[0].startswith("ILLUSTRATIVE DATA, NOT STATISTICS: goods_exports_by_county.xlsx")


def test_with_what_the_publisher_knows_every_mandatory_property_is_there(complete: Path) -> None:
    graph = catalogue(complete, **GIVEN, licence="http://creativecommons.org/publicdomain/zero/1.0/", issued="2026-12-01")
    (catalog,) = graph.subjects(RDF.type, DCAT.Catalog)
    assert catalog == URIRef(f"{HERE}dcat.jsonld#catalog")
    assert one(graph, catalog, DCTERMS.license) == URIRef("http://creativecommons.org/publicdomain/zero/1.0/")
    datasets = set(graph.objects(catalog, DCAT.dataset))
    assert datasets | set(graph.objects(None, DCTERMS.source)) == set(graph.subjects(RDF.type, DCAT.Dataset))
    assert len(datasets) == 2
    for thing in (catalog, *datasets):
        for predicate in (DCTERMS.title, DCTERMS.description):
            assert {text.language for text in graph.objects(thing, predicate) if isinstance(text, Literal)} == {"sv", "en"}
        publisher = one(graph, thing, DCTERMS.publisher)
        assert (publisher, RDF.type, FOAF.Agent) in graph
        assert str(one(graph, publisher, FOAF.name)) == "Myndigheten för prov"
        assert one(graph, publisher, DCTERMS.type) == URIRef("http://purl.org/adms/publishertype/NationalAuthority")
        assert one(graph, thing, DCTERMS.issued) == Literal("2026-12-01", datatype=XSD.date)
    for dataset in datasets:
        contact = one(graph, dataset, DCAT.contactPoint)
        assert (contact, RDF.type, VCARD.Organization) in graph
        assert str(one(graph, contact, VCARD.fn)) == "Enheten för prov"
        assert one(graph, contact, VCARD.hasEmail) == URIRef("mailto:prov@example.org")
        assert one(graph, dataset, DCTERMS.accessRights) == URIRef("http://publications.europa.eu/resource/authority/access-right/PUBLIC")
        assert one(graph, dataset, DCTERMS.spatial) == URIRef("http://sws.geonames.org/2661886")
        assert URIRef("http://publications.europa.eu/resource/authority/data-theme/ECON") in set(graph.objects(dataset, DCAT.theme))
        period = one(graph, dataset, DCTERMS.temporal)
        assert one(graph, period, DCAT.startDate) == Literal("2016-01-01", datatype=XSD.date)
        assert one(graph, period, DCAT.endDate) == Literal("2020-12-31", datatype=XSD.date)
        assert "SCB" in str(one_text(graph, one(graph, dataset, DCTERMS.provenance), DCTERMS.description, "sv"))
        assert set(graph.objects(dataset, DCAT.distribution))
    for distribution in graph.subjects(RDF.type, DCAT.Distribution):
        assert set(graph.objects(distribution, DCAT.accessURL))
        assert all(str(url).startswith(HERE) for url in graph.objects(distribution, DCAT.downloadURL))
        assert one(graph, distribution, DCTERMS.license) == URIRef("http://creativecommons.org/publicdomain/zero/1.0/")
        assert set(graph.objects(distribution, DCTERMS["format"]))


def one_text(graph: Graph, subject: Any, predicate: Any, language: str) -> Any:
    (found,) = [text for text in graph.objects(subject, predicate) if isinstance(text, Literal) and text.language == language]
    return found


def test_every_file_that_is_named_is_there_with_its_size_and_checksum(complete: Path) -> None:
    graph = catalogue(complete)
    urls = {str(url) for url in graph.objects(None, DCAT.downloadURL)}
    assert f"{HERE}ranking.csv" in urls
    assert f"{HERE}report/exportregion-2021.xlsx" in urls
    tables = list((complete / "2021").glob("*/*.parquet"))
    assert len(urls) == len([*tables, *tables, *books(complete)]), "each table as CSV and as Parquet"
    for url in urls | {str(url) for url in graph.objects(None, DCAT.accessURL)} | {str(page) for page in graph.objects(None, FOAF.page)}:
        assert (complete / "2021" / url.removeprefix(HERE)).is_file(), url
    checked = 0
    for distribution in graph.subjects(RDF.type, DCAT.Distribution):
        paths = [complete / "2021" / str(url).removeprefix(HERE) for url in graph.objects(distribution, DCAT.downloadURL)]
        assert int(one(graph, distribution, DCAT.byteSize)) == sum(path.stat().st_size for path in paths)
        for checksum in graph.objects(distribution, SPDX.checksum):
            assert one(graph, checksum, SPDX.algorithm) == SPDX.checksumAlgorithm_sha256
            value = one(graph, checksum, SPDX.checksumValue)
            assert value.datatype == XSD.hexBinary
            assert str(value) == hashlib.sha256(paths[0].read_bytes()).hexdigest()
            checked += 1
    assert checked == len(["ranking.csv", "ranking.parquet", *books(complete)])


def test_what_only_the_publisher_knows_is_left_out_and_named(complete: Path) -> None:
    graph = catalogue(complete)
    for predicate in (DCAT.contactPoint, DCTERMS.license, DCTERMS.accessRights, DCTERMS.issued):
        assert not set(graph.objects(None, predicate)), predicate
    assert set(graph.subjects(DCTERMS.publisher, None)) == set(graph.objects(None, DCTERMS.source)), "of the sources it is known"
    graph = catalogue(complete, **GIVEN)
    assert not set(graph.objects(None, DCTERMS.issued))
    assert list(graph.subjects(DCTERMS.license, None)) == list(graph.subjects(RDF.type, DCAT.Catalog))
    rights = {str(label) for statement in graph.objects(None, DCTERMS.rights) for label in graph.objects(statement, rdflib.RDFS.label)}
    assert any("population_by_county.csv: CC0-1.0; goods_exports_by_county.xlsx: MIT" in label for label in rights)
    text = (complete / "2021" / "dcat.jsonld").read_text(encoding="utf-8")
    assert "applicableLegislation" not in text
    assert "Tillväxtverket" not in text.replace("SCB, Tillväxtverket m.fl.", "").replace("tillvaxtverket.se", "")


def test_a_licence_that_all_sources_share_is_that_of_the_results(complete: Path) -> None:
    sources = load_sources(RAW, load_award("2021"))
    shared = {name: source.model_copy(update={"licence": "CC0-1.0"}) for name, source in sources.entries.items()}
    content = dcat(outputs(complete / "2021"), load_award("2021"), sources.model_copy(update={"entries": shared}))
    graph = Graph().parse(data=json.dumps(content), format="json-ld", publicID=HERE)
    for distribution in graph.subjects(RDF.type, DCAT.Distribution):
        assert one(graph, distribution, DCTERMS.license) == URIRef("http://creativecommons.org/publicdomain/zero/1.0/")


def test_the_page_of_a_source_that_is_no_address_is_no_address(complete: Path) -> None:
    sources = load_sources(RAW, load_award("2021"))
    entries = {name: source.model_copy(update={"page": 'https://example.org/a b"<>'}) for name, source in sources.entries.items()}
    files, award = outputs(complete / "2021"), load_award("2021")
    spoilt = sources.model_copy(update={"entries": entries})
    assert all("dcat:landingPage" not in source for source in dcat(files, award, spoilt)["dcat:dataset"][0]["dct:source"])
    assert all("path" not in source for source in datapackage(files, award, spoilt)["sources"])


# The award's [publication]


def award_with(award: Callable[..., Path], text: str) -> Path:
    path = award()
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")
    return path


@pytest.mark.whole
@pytest.mark.usefixtures("words_alone")
def test_publication_reaches_the_catalogue_and_the_run_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = shutil.copytree(PROJECT / "tests" / "worlds" / "alder", tmp_path / "alder")
    monkeypatch.chdir(place)
    path = place / "awards" / "2024.toml"
    path.write_text(path.read_text(encoding="utf-8") + PUBLICATION + "issued = 2026-12-01\n", encoding="utf-8")
    ran = exportregion("run", "--award", path, "--data", place / "data" / "raw", "--out", tmp_path / "out")
    assert ran.exit_code == 0, ran.stderr
    content = json.loads((tmp_path / "out" / "2024" / "dcat.jsonld").read_text(encoding="utf-8"))
    assert content["@context"]["@base"] == HERE
    assert content["dct:publisher"]["foaf:name"] == "Myndigheten för prov"
    recorded, _ = load_run_record(tmp_path / "out" / "2024")
    assert recorded.publication == load_award(str(path)).publication


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"Myndigheten för prov"', '""', "publication.publisher: found ''; expected a text that is not empty"),
        ('"https://example.org/"', '"example.org"', "publication.publisher_page: found 'example.org'; expected an address"),
        (
            '"NationalAuthority"',
            '"Authority"',
            "publication.publisher_type: found 'Authority'; expected 'NationalAuthority'",
        ),
        ('"prov@example.org"', '"prov"', "publication.email: found 'prov'"),
        (HERE, HERE[:-1], "expected the address of the folder of results, which ends with /"),
        (
            "address =",
            'accessibility = "example.org"\naddress =',
            "publication.accessibility: found 'example.org'; expected an address that",
        ),
        ("contact =", "contacts =", "unknown key 'contacts'; expected one of accessibility, address, case_number, contact"),
        (f'address = "{HERE}"', "", "publication.address: found nothing; expected the key 'address'"),
    ],
)
def test_a_publication_that_does_not_fit_is_told(award: Callable[..., Path], old: str, new: str, said: str) -> None:
    assert old in PUBLICATION
    ran = exportregion("validate", "--award", award_with(award, PUBLICATION.replace(old, new)))
    assert ran.exit_code == 1
    assert said in ran.stderr, ran.stderr


def test_the_document_names_every_key() -> None:
    text = (PROJECT / "docs" / "publishing.md").read_text(encoding="utf-8")
    assert all(f"`{key}`" in text for key in Publication.model_fields)
    for name in ("2021", "2022"):
        example = (PROJECT / "awards" / f"{name}.toml").read_text(encoding="utf-8")
        assert all(f"# {key} = " in example for key in Publication.model_fields)
        assert load_award(name).publication is None
    assert "publication" in Award.model_fields
