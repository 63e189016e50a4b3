# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
#
# `make demo` and `make test` need git, make and Python 3.10 or newer, and install everything else themselves.

SHELL := /bin/bash
.DEFAULT_GOAL := help

# The newest Python that runs: a version manager's shim on PATH may not start an interpreter.
PYTHON ?= $(shell for candidate in python3.14 python3.13 python3.12 python3.11 python3.10 python3; do \
	if $$candidate -c 'import ensurepip, sqlite3, ssl, sys, venv; sys.exit(sys.version_info < (3, 10))' >/dev/null 2>&1; \
	then echo $$candidate; break; fi; done)
VENV ?= .venv
ANSIBLE_CORE ?= ansible-core>=2.16
BIN := $(CURDIR)/$(VENV)/bin
ROOT_LINK := .collections/ansible_collections/unicloud/usphere

# All tools find unicloud.usphere.* through the project's own collections path only, never in another installed copy.
export ANSIBLE_COLLECTIONS_PATH := $(CURDIR)/.collections
export ANSIBLE_HOME := $(CURDIR)/.cache/ansible
export PYTHONPATH := $(CURDIR)/.collections
export MYPYPATH := $(CURDIR)/.collections:$(CURDIR)/tests/simulator
export PATH := $(BIN):$(PATH)
export PIP_DISABLE_PIP_VERSION_CHECK := 1
unexport ANSIBLE_CONFIG ANSIBLE_INVENTORY ANSIBLE_STDOUT_CALLBACK
# Thousands of processes load the sources: without bytecode on disk, each of them compiles all that it imports.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help
help: ## list the available targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(VENV)/.made:
	@test -n "$(PYTHON)" || { echo "Python 3.10 or newer with venv and ensurepip is needed; none was found on PATH."; exit 1; }
	@echo "Making $(VENV) with $$($(PYTHON) --version)"
	@# venv --clear would follow a link and empty the environment that it points to.
	@if test -L $(VENV); then rm $(VENV); fi
	@$(PYTHON) -m venv --clear $(VENV)
	@touch $@

$(VENV)/.run: $(VENV)/.made requirements.txt tests/simulator/requirements.txt
	@echo "Installing ansible-core and the requirements of the simulator"
	@$(BIN)/python -m pip install --quiet '$(ANSIBLE_CORE)' -r requirements.txt -r tests/simulator/requirements.txt
	@touch $@

$(VENV)/.test: $(VENV)/.run tests/requirements.txt tests/requirements-units.txt
	@echo "Installing the test tools"
	@$(BIN)/python -m pip install --quiet '$(ANSIBLE_CORE)' -r requirements.txt -r tests/simulator/requirements.txt -r tests/requirements.txt
	@touch $@

$(ROOT_LINK):
	@mkdir -p $(@D)
	@ln -sfn ../../.. $@

.PHONY: link
link: $(ROOT_LINK)

.PHONY: demo
demo: $(VENV)/.run link ## two systems: one passes; one is blocked, fixed, and then passes
	@$(BIN)/python tests/demo/demo.py

# ansible-rulebook needs Java. Without Java, make test reports that it skipped this part, and make eda fails.
JAVA := $(or $(JAVA_HOME),$(shell command -v java))

.PHONY: test
test: static units integration faults-fast roles-and-package examples $(if $(JAVA),eda) ## all checks and tests that a change has to pass
	@echo "make test: all parts passed$(if $(JAVA),,; eda was skipped, because it needs Java 17: see make eda)"

# Parts that use one core each run two at a time; the output of each part is printed in one piece when it ends.
BESIDE := $(MAKE) --no-print-directory -j2 --output-sync=target

.PHONY: static
static: $(VENV)/.test link ## static analysis
	@$(BESIDE) sanity lint checks

.PHONY: roles-and-package
roles-and-package: $(VENV)/.test link ## molecule scenarios and the tests of the built collection
	@$(BESIDE) molecule package

.PHONY: lint
lint: $(VENV)/.test link ## ruff, mypy, yamllint, ansible-lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy -p ansible_collections.unicloud.usphere.plugins.module_utils -p ansible_collections.unicloud.usphere.plugins.plugin_utils -p usim
	$(BIN)/yamllint --strict .
	$(BIN)/ansible-lint --offline
	$(BIN)/antsibull-changelog lint

# `make units CORE=2.16` runs the tests with another ansible-core, in a separate virtual environment.
CORE ?=
CORES ?= 2.16 2.18 2.19 2.20 2.21
UNITS := $(if $(CORE),.venv-core-$(CORE),$(VENV))
PYTHONS_2.16 := python3.12 python3.11 python3.10
PYTHONS_2.18 := python3.13 python3.12 python3.11
PYTHONS_2.19 := python3.13 python3.12 python3.11
PYTHONS_2.20 := python3.14 python3.13 python3.12
PYTHONS_2.21 := python3.14 python3.13 python3.12
PYENV_ROOT ?= $(HOME)/.pyenv
# Also search the directory of the version manager, since its shims on PATH may hide interpreters.
pick = $(shell for name in $(1); do for candidate in $$name $(PYENV_ROOT)/versions/*/bin/$$name; do \
	if $$candidate -c 'import ensurepip, sqlite3, ssl, venv' >/dev/null 2>&1; then echo $$candidate; exit; fi; done; done)

.venv-core-%/.test: requirements.txt tests/simulator/requirements.txt tests/requirements-units.txt
	@test -n "$(call pick,$(PYTHONS_$*))" || { echo "ansible-core $* needs one of: $(PYTHONS_$*)"; exit 1; }
	@echo "Making $(@D) with $$($(call pick,$(PYTHONS_$*)) --version)"
	@test -x $(@D)/bin/python || $(call pick,$(PYTHONS_$*)) -m venv $(@D)
	@$(@D)/bin/python -m pip install --quiet 'ansible-core~=$*.0' -r requirements.txt -r tests/simulator/requirements.txt -r tests/requirements-units.txt
	@touch $@

.PHONY: sanity
sanity: $(UNITS)/.test ## ansible-test sanity, without an ignore file; CORE=2.16 for another ansible-core
	$(CURDIR)/$(UNITS)/bin/python tests/ansible_test.py sanity

.PHONY: sanity-matrix
sanity-matrix: ## ansible-test sanity with every supported ansible-core
	@for core in $(CORES); do echo "ansible-core $$core"; $(MAKE) --no-print-directory sanity CORE=$$core || exit; done

.PHONY: checks
checks: $(VENV)/.test link ## file licenses, docs lint, action groups, documentation site, galaxy-importer
	$(BIN)/nox -s license-check extra-checks yamllint docs-check docs galaxy

.PHONY: docs
docs: $(VENV)/.test link ## build the documentation site in build/docs/html
	$(BIN)/nox -s docs

# The official test suite of JSON Schema, and schemas of other projects, for the unit tests.
.cache/schema-sources: tests/tools/schema_sources.py $(UNITS)/.test
	@echo "Downloading the JSON Schema Test Suite"
	@$(CURDIR)/$(UNITS)/bin/python tests/tools/schema_sources.py
	@touch $@

# One worker runs a whole file, so that no worker sets up again what the tests of a file share.
.PHONY: units
units: $(UNITS)/.test .cache/schema-sources link ## unit, property and hostile-input tests, tests of the simulator; CORE=2.16 for another ansible-core
	PATH="$(CURDIR)/$(UNITS)/bin:$$PATH" $(CURDIR)/$(UNITS)/bin/python -m pytest -n 2 --dist loadfile tests/unit tests/hostile

.PHONY: units-matrix
units-matrix: ## unit tests with every supported ansible-core
	@for core in $(CORES); do echo "ansible-core $$core"; $(MAKE) --no-print-directory units CORE=$$core || exit; done

.PHONY: integration-matrix
integration-matrix: ## integration tests with every supported ansible-core
	@for core in $(CORES); do echo "ansible-core $$core"; $(MAKE) --no-print-directory integration CORE=$$core || exit; done

.PHONY: matrix
matrix: $(VENV)/.test link ## all tests with every supported ansible-core, with a summary table; slow; PARTS="sanity units", CORES="2.16"
	@CORES="$(CORES)" PARTS="$(PARTS)" JAVA="$(JAVA)" $(BIN)/python tests/matrix.py

.PHONY: integration
integration: $(UNITS)/.test link ## integration tests of every module against the simulator; CORE=2.16 for another ansible-core
	PATH="$(CURDIR)/$(UNITS)/bin:$$PATH" $(CURDIR)/$(UNITS)/bin/python -m pytest -n 2 --dist loadfile tests/integration

.PHONY: molecule
molecule: $(VENV)/.test link ## molecule scenarios of all roles
	$(BIN)/molecule test --all

.PHONY: examples
examples: $(VENV)/.test link ## run all examples of guides, READMEs and plugin pages against the simulator
	$(BIN)/python -m pytest -n 2 tests/examples

.PHONY: package
package: $(VENV)/.test link ## build and install the collection, run its playbooks, the guide Tutorial and the README
	$(BIN)/python -m pytest tests/package tests/tutorial

.venv-eda/.test: requirements.txt tests/simulator/requirements.txt tests/eda/requirements.txt
	@test -n "$(PYTHON)" || { echo "Python 3.10 or newer with venv and ensurepip is needed; none was found on PATH."; exit 1; }
	@echo "Making $(@D) with $$($(PYTHON) --version) and ansible-rulebook"
	@test -x $(@D)/bin/python || $(PYTHON) -m venv $(@D)
	@$(@D)/bin/python -m pip install --quiet '$(ANSIBLE_CORE)' -r requirements.txt -r tests/simulator/requirements.txt -r tests/eda/requirements.txt
	@touch $@

.PHONY: eda
eda: .venv-eda/.test ## test the event source and its rulebook under ansible-rulebook; needs Java 17
	PATH="$(CURDIR)/.venv-eda/bin:$$PATH" $(CURDIR)/.venv-eda/bin/python -m pytest -n 2 tests/eda

.PHONY: faults
faults: $(VENV)/.test link ## fault injection: every operation, request and fault on both APIs; every case at each migration state; slow
	$(BIN)/python tests/faults/run.py

.PHONY: faults-fast
faults-fast: $(VENV)/.test link ## short fault injection: first API a fault at every write and every second read, second API each fault once per operation; each case once, a short soak test
	$(BIN)/python -m pytest -n 3 tests/faults

# A run with the same seed is reproducible.
SEED ?= 1
COUNT ?= 2000
.PHONY: soak
soak: $(VENV)/.test link ## soak test: thousands of operations with faults, validated against a ledger; SEED=7, COUNT=500
	$(BIN)/python tests/faults/soak.py --seed $(SEED) --count $(COUNT)

# Figures of the property test that every run of the unit tests has in short.
SEQUENCES ?= 2000
.PHONY: lying-server
lying-server: $(VENV)/.test link ## random servers that answer wrongly, or truly in one of many ways; prints the figures; SEED=7, SEQUENCES=500
	LYING_SEED=$(SEED) LYING_SEQUENCES=$(SEQUENCES) $(BIN)/python -m pytest -q -s tests/unit/plugins/module_utils/_vms/test_lying_server.py

# The bars of the figures are for COUNT=300 plays; another COUNT makes all of them smaller or larger.
PLAYS = $(if $(filter command line environment,$(origin COUNT)),$(COUNT),300)
.PHONY: evidence
evidence: $(VENV)/.test link ## what passes is known, what is known passes: prints five figures; slow; SEED=7, COUNT=60
	$(BIN)/python tests/evidence/run.py --seed $(SEED) --count $(PLAYS)

# The check is compared with ansible.utils, which the package ansible contains. CORE=2.16 for another ansible-core.
SIZES ?= 200 1000
ROUNDS ?= 5
PEERS ?= 1000
BENCH := .venv-bench$(if $(CORE),-$(CORE))
# The newest interpreter, also if a shim hides it, since the newest ansible is the one to compare with.
BENCH_PYTHON = $(call pick,$(or $(PYTHONS_$(CORE)),python3.14 python3.13 python3.12 python3.11 python3.10))
$(BENCH)/.run: requirements.txt tests/simulator/requirements.txt
	@test -n "$(BENCH_PYTHON)" || { echo "Python 3.10 or newer with venv and ensurepip is needed; none was found on PATH."; exit 1; }
	@echo "Making $(BENCH) with $$($(BENCH_PYTHON) --version) and the package ansible"
	@test -x $(BENCH)/bin/python || $(BENCH_PYTHON) -m venv $(BENCH)
	@$(BENCH)/bin/python -m pip install --quiet ansible $(if $(CORE),'ansible-core~=$(CORE).0') -r requirements.txt -r tests/simulator/requirements.txt
	@touch $@

.PHONY: benchmark
benchmark: $(BENCH)/.run link ## compare role, playbook and action with a task per host; SIZES="200 1000 5000", ROUNDS=3, PEERS=0, PARTS=demo, CORE=2.16, WRITE=yes
	$(CURDIR)/$(BENCH)/bin/python tests/benchmark/calculus.py
	PATH="$(CURDIR)/$(BENCH)/bin:$$PATH" $(CURDIR)/$(BENCH)/bin/python tests/benchmark/run.py $(SIZES) --rounds $(ROUNDS) --peers $(PEERS) $(if $(PARTS),--parts $(PARTS)) $(if $(filter yes,$(WRITE)),--write)

.PHONY: clean
clean: ## remove all files that make created
	rm -rf $(VENV) .venv-core-* .venv-bench* .venv-eda .nox .cache .collections build .mypy_cache .ruff_cache .pytest_cache .hypothesis .ansible tests/output
