"""From raw files to the proposed candidate regions for Årets exportregion.

ingest      data/raw, read as data/raw/sources.toml says   -> ingested.*
validate    sql/staging builds, sql/audits question        -> staging.*, validation.exceptions
indicators  sql/indicators, for the award's window         -> indicators.*
rank        normalise, weigh, aggregate, rank              -> ranking.*
robustness  rank again with one choice changed            -> robustness.*
report      what people read, from the tables alone        -> report.md

A command runs the stages up to its own, and refuses to replace the results of a later one without --replace.

Apart from a run: fetch (the only code that uses the network) and arrivals bring new vintages into data/raw through vintages;
archive packs a result and runs it again. microdata makes the table of goods exports out of firm-level records (sql/microdata).

Imports go downward only: cli -> run, arrivals, archive -> stages -> warehouse, vintages -> sources -> award -> settings, schemas -> faults.
A stage never imports a stage; stages meet in named tables, and only run.py knows their order.
"""

__version__ = "0.1.0"
