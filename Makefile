# The analyst's commands. `make` alone lists them; AWARD=2021 make run takes another round than the latest decided.

AWARD  ?=
ROUND  := $(if $(AWARD),--award $(AWARD))
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
SPARK  := $(VENV)/.ready-spark

.DEFAULT_GOAL := help
.PHONY: help setup setup-spark run ingest validate indicators rank robustness report test test-fast lint format bench docs clean

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY) ## Install what the project needs into .venv

# uv where it is there, plain pip where it is not; both check the hashes of requirements.lock.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "Python 3.11 or newer is needed; $(PYTHON) is $$($(PYTHON) --version 2>&1). Name another: PYTHON=python3.12 make setup" >&2; exit 1; }
	@if command -v uv >/dev/null; then \
	    uv venv --quiet --allow-existing --python $(PYTHON) $(VENV) && \
	    uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock && \
	    uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable . ; \
	else \
	    $(PYTHON) -m venv $(VENV) && \
	    $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock && \
	    $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable . ; \
	fi
	@$(BIN)/python -m compileall -q $(VENV)/lib pipeline || true
	@touch $@

setup-spark: $(SPARK) ## Install what `microdata build --engine spark` needs besides

$(SPARK): $(READY) requirements-spark.lock
	@if command -v uv >/dev/null; then \
	    uv pip install --quiet --python $(BIN)/python --require-hashes --requirement requirements-spark.lock ; \
	else \
	    $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-spark.lock ; \
	fi
	@touch $@

run: $(READY) ## Raw files in, candidate regions and report out
	@$(BIN)/exportregion run $(ROUND)

ingest: $(READY) ## Read the raw files and check their checksums
	@$(BIN)/exportregion ingest $(ROUND)

validate: $(READY) ## Check schemas and relations; write nothing
	@$(BIN)/exportregion validate $(ROUND)

indicators: $(READY) ## Compute the indicators
	@$(BIN)/exportregion indicators $(ROUND)

rank: $(READY) ## Rank the regions and propose candidates
	@$(BIN)/exportregion rank $(ROUND)

robustness: $(READY) ## Challenge the ranking
	@$(BIN)/exportregion robustness $(ROUND)

report: $(READY) ## Write the report
	@$(BIN)/exportregion report $(ROUND)

# pytest keeps what it compiles of the tests, whatever this shell says: that takes seconds in each of its processes.
TESTS  := PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest

test: $(READY) $(SPARK) ## Run the tests
	@tests/programs.sh
	@$(TESTS)

test-fast: $(READY) $(SPARK) ## Run the quick ones: those that drive no whole program
	@$(TESTS) -m "not whole"

lint: $(READY) ## Check style and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

format: $(READY) ## Put the code into its style
	@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/ruff format .

bench: $(READY) ## Measure time and memory; write docs/performance.md
	@$(BIN)/python bench/performance.py
	@$(BIN)/python bench/cubes.py
	@$(BIN)/python bench/companies.py

docs: $(READY) ## Write docs/data-dictionary.md from the schemas
	@$(BIN)/python -m pipeline.dictionary > docs/data-dictionary.md

clean: ## Remove results and caches; raw data and .venv stay
	rm -rf data/processed/[0-9]* data/processed/.runs .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find pipeline tests bench data -name __pycache__ -type d -prune -exec rm -rf {} +
