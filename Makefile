# Needs make and a Python >= 3.11 with venv; everything else is installed into .venv.
# `make help` lists what there is.

.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory

VENV ?= .venv
BIN := $(VENV)/bin
ARGS ?=

# The first Python that is new enough and can make an environment; PYTHON=... overrides.
PYTHON ?= $(shell tools/find-python)

RUN_STAMP := $(VENV)/.run-installed
DEMO_STAMP := $(VENV)/.demo-installed
DEV_STAMP := $(VENV)/.dev-installed
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet

.PHONY: help
help: ## list the targets
	@echo "Handrail. Start with: make run"
	@echo
	@awk -F ':.*## ' '/^[a-z][a-z-]*:.*## / {printf "  make %-10s %s\n", $$1, $$2}' \
	  $(firstword $(MAKEFILE_LIST))
	@echo
	@echo "  ARGS=... is handed on, as in: make test ARGS='tests/core -x'"

.PHONY: run
run: $(RUN_STAMP) ## install what it needs and serve on http://localhost:8080, data in ./data
	@exec $(BIN)/handrail serve $(ARGS)

.PHONY: setup
setup: $(DEV_STAMP) ## install the development environment into .venv

.PHONY: test
test: $(DEV_STAMP) ## set up what the tests need and run all of them
	@tools/system-packages
	@$(BIN)/python -m pytest -ra $(ARGS)

.PHONY: test-zones
test-zones: $(DEV_STAMP) ## walk five years minute by minute in every zone: docs/reliability.md
	@HANDRAIL_ZONES=all $(BIN)/python -m pytest -q --timeout=0 $(ARGS) \
	  tests/conformance/test_zones.py

.PHONY: demo
demo: $(DEMO_STAMP) ## play an incident on a throw-away server, in a minute; ARGS=--once ends it
	@PYTHONPATH=src:. exec $(BIN)/python -m tools.demo $(ARGS)

.PHONY: sim
sim: $(DEV_STAMP) ## replay a simulated world and tell all of it: make sim SEED=27
	@PYTHONPATH=src:. $(BIN)/python -m tests.simulation $(SEED)

.PHONY: soak
soak: $(DEV_STAMP) ## an hour of simulation, 2,000 kills, 20,000 power cuts
	@tools/system-packages
	@HANDRAIL_SIM_SECONDS=$${HANDRAIL_SIM_SECONDS:-3600} \
	  HANDRAIL_SIM_SEED=$${HANDRAIL_SIM_SEED:-$$RANDOM$$RANDOM} \
	  HANDRAIL_KILLS=$${HANDRAIL_KILLS:-2000} HANDRAIL_CUTS=$${HANDRAIL_CUTS:-20000} \
	  $(BIN)/python -m pytest -q --timeout=0 $(ARGS) \
	  tests/simulation/test_campaign.py tests/crash

.PHONY: bench
bench: $(DEV_STAMP) ## measure against a real Alertmanager (docs/performance.md); ARGS='ingest --quick'
	@PYTHONPATH=src:. $(BIN)/python -m benchmarks $(ARGS)

.PHONY: check
check: $(DEV_STAMP) ## lint, formatting, types, import contracts, dependencies
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy $(wildcard src tests benchmarks tools)
	@PYTHONPATH=src $(BIN)/lint-imports
	@$(BIN)/deptry src

.PHONY: fix
fix: $(DEV_STAMP) ## mend what ruff can mend by itself
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

.PHONY: wheel
wheel: $(DEV_STAMP) ## build the wheel and the source archive into dist/
	@$(BIN)/python -m build --no-isolation $(ARGS)

.PHONY: lock
lock: $(DEV_STAMP) ## write the lock files again; ARGS=--upgrade takes newer releases
	@$(BIN)/python requirements/compile.py $(ARGS)

.PHONY: docs
docs: $(DEV_STAMP) ## write the command reference in docs/cli.md again
	@PYTHONPATH=src $(BIN)/python tools/cli_reference.py

.PHONY: clean
clean: ## remove what was built or cached; keeps .venv and ./data
	@rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	@find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@if [ -z "$(PYTHON)" ]; then tools/find-python --explain; exit 1; fi
	@echo "Making $(VENV) with $(PYTHON)"
	@$(PYTHON) -m venv $(VENV)

# The lock names every file by its hash; pip refuses anything else.
$(RUN_STAMP): requirements/run.txt pyproject.toml | $(BIN)/python
	@echo "Installing what Handrail runs on (requirements/run.txt)"
	@$(PIP) --require-hashes -r requirements/run.txt
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(DEMO_STAMP): requirements/demo.txt pyproject.toml | $(BIN)/python
	@echo "Installing what the demo runs on (requirements/demo.txt)"
	@$(PIP) --require-hashes -r requirements/demo.txt
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@ $(RUN_STAMP)

$(DEV_STAMP): requirements/dev.txt pyproject.toml | $(BIN)/python
	@echo "Installing what Handrail is developed with (requirements/dev.txt)"
	@$(PIP) --require-hashes -r requirements/dev.txt
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@ $(RUN_STAMP) $(DEMO_STAMP)
