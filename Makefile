# Python 3.11 and make are all that the first two targets need.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --require-hashes
# Tests wait as often as they compute, so one process more than the two cores of the smallest machine.
TEST_PROCESSES ?= 3

.DEFAULT_GOAL := help
.PHONY: help run test format lint types imports tests pythons e2e bench soak fuzz sbom lock clean

help: ## list the targets
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

run: $(VENV)/train.stamp ## train a starter model if there is none, start both services
	@exec $(BIN)/python -m scripts.run

test: format lint types imports tests ## run every check (what CI runs)

format: $(VENV)/dev.stamp ## check the formatting
	$(BIN)/ruff format --check .

lint: $(VENV)/dev.stamp ## check the style
	$(BIN)/ruff check .

types: $(VENV)/dev.stamp ## check the types
	$(BIN)/mypy

imports: $(VENV)/dev.stamp ## check that imports point down only
	$(BIN)/lint-imports

tests: $(VENV)/dev.stamp ## run the tests with coverage
	$(BIN)/python -m pytest -n $(TEST_PROCESSES) --dist loadfile --cov --cov-report=term

pythons: ## run the unit tests on the other supported Pythons that this machine has
	bash scripts/pythons

e2e: $(VENV)/dev.stamp ## run the checks that need Debian packages; installs them
	bash tests/e2e/run

bench: $(VENV)/dev.stamp ## measure the service beside what users would run instead (BENCH="--quick")
	$(BIN)/python -m benchmarks $(BENCH)

soak: $(VENV)/dev.stamp ## check each answer of ten minutes against scikit-learn's (SOAK="--seconds 60")
	$(BIN)/python -m benchmarks.soak $(SOAK)

fuzz: $(VENV)/dev.stamp ## fuzz the decoders, guided by coverage (FUZZ="seconds target ...")
	$(BIN)/python -m tests.fuzz.run $(FUZZ)

sbom: $(VENV)/dev.stamp ## write each image's bill of materials (CycloneDX) to sbom/
	@mkdir -p sbom
	$(BIN)/python -m scripts.sbom serve > sbom/serve.cdx.json
	$(BIN)/python -m scripts.sbom signed > sbom/signed.cdx.json
	$(BIN)/python -m scripts.sbom mirror > sbom/mirror.cdx.json
	$(BIN)/python -m scripts.sbom train > sbom/train.cdx.json

lock: $(VENV)/dev.stamp ## pin the dependencies of pyproject.toml anew
	UV=$(BIN)/uv bash scripts/lock

clean: ## remove the virtual environment and caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name one with make PYTHON=...")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/%.stamp: requirements/%.txt | $(BIN)/python
	@echo "setting up $(VENV) from $<: $$(grep -c == $<) packages, some minutes the first time"
	@$(PIP) -r $<
	@touch $@
