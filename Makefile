# Everything sets itself up on first use, inside .venv, and sets nothing up twice.
PYTHON ?= python3.11
BIN := .venv/bin
READY := .venv/.ready
CHECK ?=
SEEDS ?= 1000

.DEFAULT_GOAL := help
.PHONY: help install demo test lint bench simulate lock

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(READY) ## set up .venv with everything; leaves .venv/bin/counterfoil

$(READY): requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@test -x $(BIN)/uv || { \
		awk '/^[^ ]/ { wanted = /^uv==/ } wanted' requirements.lock > .venv/uv.lock && $(BIN)/python -m \
		pip install --quiet --disable-pip-version-check --require-hashes --requirement .venv/uv.lock; }
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(READY) ## see the main job happen in a simulated Slack and QuickBooks (CHECK=1: without pauses)
	@$(BIN)/counterfoil demo $(if $(CHECK),--check)

test: $(READY) ## run all tests
	@$(BIN)/pytest --numprocesses 4 --dist worksteal --quiet

lint: $(READY) ## formatter, linter, types, imports
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: $(READY) ## measure acks, CPU, a million payments against a thousand, fairness, and replicas
	@$(BIN)/python -m bench

simulate: $(READY) ## run the virtual-time simulation (SEEDS=1000)
	@$(BIN)/python -m tests.simulation --seeds $(SEEDS)

lock: $(READY) ## resolve the dependencies anew
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
		--group dev --output-file requirements.lock pyproject.toml
