SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
TOUR ?=

.PHONY: help setup tour test test-unit test-matrix lint lock bench record clean

help: ## Say what there is
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## /\1\t/' | expand -t 14

setup: $(READY) ## Make the virtual environment from the lock

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "nodeseal needs Python 3.11 or newer; name one with PYTHON=python3.12" >&2; exit 2; }
	@$(PYTHON) -c 'import ensurepip' || { echo "this Python can't make virtual environments; on Debian: apt-get install python3-venv" >&2; exit 2; }
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

tour: $(READY) ## The whole story on a new cluster of three (TOUR='--engine elasticsearch@6.8.23 …')
	$(BIN)/nodeseal tour $(TOUR)

test: lint ## Every test that this machine can run
	$(BIN)/python -m pytest -m "not matrix"

test-unit: $(READY) ## The tests that start no server
	$(BIN)/python -m pytest -m "not engine and not matrix"

test-matrix: lint ## Every engine with every case
	$(BIN)/python -m pytest

lint: $(READY) ## ruff and mypy --strict
	$(BIN)/ruff check src tests benchmarks
	$(BIN)/ruff format --check src tests benchmarks
	$(BIN)/mypy

lock: $(READY) ## Pin every dependency with its hashes
	$(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header --extra java --extra dev --output-file requirements.lock pyproject.toml

bench: $(READY) ## Measure against the peers, side by side
	$(BIN)/python -m benchmarks

record: $(READY) ## Play the tour and draw docs/tour.svg from it
	$(BIN)/python docs/record_tour.py $(TOUR)

clean: ## Remove what the targets above made here
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
