# Everything runs from .venv, made here from locked wheels; nothing is installed on the machine.
PYTHON ?= python3
BIN := .venv/bin
.DEFAULT_GOAL := help
.PHONY: help setup dev learning spark demo test check index reference lock bench fresh clean

help:  ## Show what there is to do
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

.venv/.installed: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Rushlight needs Python 3.11 or newer."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@# Python compiles what is used when it is used; compiling all of it would take a hundred megabytes more.
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes --only-binary :all: -r requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/.dev: .venv/.installed requirements-dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements-dev.txt
	@touch $@

.venv/.learning: .venv/.dev requirements-learning.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --only-binary :all: -r requirements-learning.txt
	@touch $@

# PySpark comes as source only, so it stands apart and is built here.
.venv/.spark: .venv/.dev requirements-spark.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-spark.txt
	@touch $@

setup: .venv/.installed  ## Make .venv with everything a user needs
dev: .venv/.dev  ## Add what a developer needs
spark: .venv/.spark  ## Add Spark, to count on many machines (needs Java 17)
learning: .venv/.learning  ## Add what training and local models need (torch)

demo: setup  ## Make a film from the example article
	@$(BIN)/rushlight make examples/briefs/lighthouses.toml --project demo --length 30s
	@echo "Open demo/report.html in a browser."

test: dev  ## Run all tests
	@$(BIN)/python -m pytest -n 2

check: dev  ## Style, types, layers, index, reference
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m rushlight.cli.indexing --check
	@$(BIN)/python docs/generate_reference.py --check

index: dev  ## Generate the capability index and the reference pages
	@$(BIN)/python -m rushlight.cli.indexing
	@$(BIN)/python docs/generate_reference.py

bench: dev  ## make bench NAME=render_film measures against peers
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r benchmarks/requirements.txt
	@$(BIN)/python benchmarks/$(or $(NAME),$(word 2,$(MAKECMDGOALS)))/run.py

lock:  ## Lock versions with hashes, without index addresses
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header \
		--extra espeak pyproject.toml build-requirements.in -o requirements.txt
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header \
		--extra espeak --extra dev pyproject.toml build-requirements.in -c requirements.txt -o requirements-dev.txt

fresh:  ## Prove demo and test on a bare Debian (needs root and debootstrap)
	@bash tests/fresh/run.sh

clean:  ## Remove what was built
	@rm -rf .venv demo .mypy_cache .ruff_cache .pytest_cache

# Lets `make bench render_film` work as well as `make bench NAME=render_film`.
ifeq (bench,$(firstword $(MAKECMDGOALS)))
$(eval $(wordlist 2,9,$(MAKECMDGOALS)):;@:)
endif
