# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
#
# One word each. `make demo` and `make test` need git, make and Python 3.10 or newer, and make the rest themselves.

SHELL := /bin/bash
.DEFAULT_GOAL := help

# The newest Python that really runs: a version manager's shim may stand on PATH and run nothing.
PYTHON ?= $(shell for candidate in python3.14 python3.13 python3.12 python3.11 python3.10 python3; do \
	if $$candidate -c 'import ensurepip, sqlite3, ssl, sys, venv; sys.exit(sys.version_info < (3, 10))' >/dev/null 2>&1; \
	then echo $$candidate; break; fi; done)
VENV ?= .venv
ANSIBLE_CORE ?= ansible-core>=2.16
BIN := $(CURDIR)/$(VENV)/bin
ROOT_LINK := .collections/ansible_collections/unicloud/usphere

# Everything finds unicloud.usphere.* through the project's own collections path, and nothing else of that name.
export ANSIBLE_COLLECTIONS_PATH := $(CURDIR)/.collections
export ANSIBLE_HOME := $(CURDIR)/.cache/ansible
export PYTHONPATH := $(CURDIR)/.collections
export MYPYPATH := $(CURDIR)/.collections:$(CURDIR)/tests/simulator
export PATH := $(BIN):$(PATH)
export PIP_DISABLE_PIP_VERSION_CHECK := 1
unexport ANSIBLE_CONFIG ANSIBLE_INVENTORY ANSIBLE_STDOUT_CALLBACK

.PHONY: help
help: ## what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(VENV)/.made:
	@test -n "$(PYTHON)" || { echo "Python 3.10 or newer with venv and ensurepip is needed; none was found on PATH."; exit 1; }
	@echo "Making $(VENV) with $$($(PYTHON) --version)"
	@# A link would be followed, and the environment behind it emptied.
	@if test -L $(VENV); then rm $(VENV); fi
	@$(PYTHON) -m venv --clear $(VENV)
	@touch $@

$(VENV)/.run: $(VENV)/.made requirements.txt tests/simulator/requirements.txt
	@echo "Installing ansible-core and the simulator's parts"
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
demo: $(VENV)/.run link ## two systems: one goes on, one is stopped, remedied and goes on
	@$(BIN)/python tests/demo/demo.py

# The engine of ansible-rulebook is Java. Where there is none, make test says that it left this part out, and make eda fails.
JAVA := $(or $(JAVA_HOME),$(shell command -v java))

.PHONY: test
test: static units integration faults-fast roles-and-package examples $(if $(JAVA),eda) ## everything a change has to pass
	@echo "make test: all parts passed$(if $(JAVA),,; eda was not run, because it needs Java 17: see make eda)"

# Parts that keep one core busy each run two at a time; what one prints comes together, when it ends.
BESIDE := $(MAKE) --no-print-directory -j2 --output-sync=target

.PHONY: static
static: $(VENV)/.test link ## all that reads the code and runs none of it
	@$(BESIDE) sanity lint checks

.PHONY: roles-and-package
roles-and-package: $(VENV)/.test link ## molecule beside the built collection
	@$(BESIDE) molecule package

.PHONY: lint
lint: $(VENV)/.test link ## ruff, mypy, yamllint, ansible-lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy -p ansible_collections.unicloud.usphere.plugins.module_utils -p ansible_collections.unicloud.usphere.plugins.plugin_utils -p usim
	$(BIN)/yamllint --strict .
	$(BIN)/ansible-lint --offline
	$(BIN)/antsibull-changelog lint

# `make units CORE=2.16` runs them on another ansible-core, in a virtual environment of its own.
CORE ?=
CORES ?= 2.16 2.18 2.19 2.20 2.21
UNITS := $(if $(CORE),.venv-core-$(CORE),$(VENV))
PYTHONS_2.16 := python3.12 python3.11 python3.10
PYTHONS_2.18 := python3.13 python3.12 python3.11
PYTHONS_2.19 := python3.13 python3.12 python3.11
PYTHONS_2.20 := python3.14 python3.13 python3.12
PYTHONS_2.21 := python3.14 python3.13 python3.12
PYENV_ROOT ?= $(HOME)/.pyenv
# Beside PATH, where a version manager keeps the interpreters that its shims may hide.
pick = $(shell for name in $(1); do for candidate in $$name $(PYENV_ROOT)/versions/*/bin/$$name; do \
	if $$candidate -c 'import ensurepip, sqlite3, ssl, venv' >/dev/null 2>&1; then echo $$candidate; exit; fi; done; done)

.venv-core-%/.test: requirements.txt tests/simulator/requirements.txt tests/requirements-units.txt
	@test -n "$(call pick,$(PYTHONS_$*))" || { echo "ansible-core $* needs one of: $(PYTHONS_$*)"; exit 1; }
	@echo "Making $(@D) with $$($(call pick,$(PYTHONS_$*)) --version)"
	@test -x $(@D)/bin/python || $(call pick,$(PYTHONS_$*)) -m venv $(@D)
	@$(@D)/bin/python -m pip install --quiet 'ansible-core~=$*.0' -r requirements.txt -r tests/simulator/requirements.txt -r tests/requirements-units.txt
	@touch $@

.PHONY: sanity
sanity: $(UNITS)/.test ## ansible-test sanity, without an ignore file; CORE=2.16 on another ansible-core
	$(CURDIR)/$(UNITS)/bin/python tests/ansible_test.py sanity

.PHONY: sanity-matrix
sanity-matrix: ## the same on every ansible-core that is supported
	@for core in $(CORES); do echo "ansible-core $$core"; $(MAKE) --no-print-directory sanity CORE=$$core || exit; done

.PHONY: checks
checks: $(VENV)/.test link ## licenses of files, docs lint, action groups, the site of the docs, galaxy-importer
	$(BIN)/nox -s license-check extra-checks yamllint docs-check docs galaxy

.PHONY: docs
docs: $(VENV)/.test link ## the documentation as a site of pages, in build/docs/html
	$(BIN)/nox -s docs

.PHONY: units
units: $(UNITS)/.test link ## unit tests, properties, hostile input, the simulator's own tests; CORE=2.16 on another ansible-core
	PATH="$(CURDIR)/$(UNITS)/bin:$$PATH" $(CURDIR)/$(UNITS)/bin/python -m pytest -n 2 tests/unit tests/hostile

.PHONY: units-matrix
units-matrix: ## the same on every ansible-core that is supported
	@for core in $(CORES); do echo "ansible-core $$core"; $(MAKE) --no-print-directory units CORE=$$core || exit; done

.PHONY: integration-matrix
integration-matrix: ## the fixed scripts on every ansible-core that is supported
	@for core in $(CORES); do echo "ansible-core $$core"; $(MAKE) --no-print-directory integration CORE=$$core || exit; done

.PHONY: matrix
matrix: $(VENV)/.test link ## all of it on every ansible-core, with a table at the end; takes long; PARTS="sanity units", CORES="2.16"
	@CORES="$(CORES)" PARTS="$(PARTS)" JAVA="$(JAVA)" $(BIN)/python tests/matrix.py

.PHONY: integration
integration: $(UNITS)/.test link ## the fixed script of every module against the simulator; CORE=2.16 on another ansible-core
	PATH="$(CURDIR)/$(UNITS)/bin:$$PATH" $(CURDIR)/$(UNITS)/bin/python -m pytest -n 2 --dist loadfile tests/integration

.PHONY: molecule
molecule: $(VENV)/.test link ## every role in its scenario
	$(BIN)/molecule test --all

.PHONY: examples
examples: $(VENV)/.test link ## every example of guides, READMEs and plugin pages, played against the simulator
	$(BIN)/python -m pytest -n 2 tests/examples

.PHONY: package
package: $(VENV)/.test link ## the built collection, installed elsewhere, runs its playbooks, and the README's path typed through
	$(BIN)/python -m pytest tests/package tests/newcomer

.venv-eda/.test: requirements.txt tests/simulator/requirements.txt tests/eda/requirements.txt
	@test -n "$(PYTHON)" || { echo "Python 3.10 or newer with venv and ensurepip is needed; none was found on PATH."; exit 1; }
	@echo "Making $(@D) with $$($(PYTHON) --version) and ansible-rulebook"
	@test -x $(@D)/bin/python || $(PYTHON) -m venv $(@D)
	@$(@D)/bin/python -m pip install --quiet '$(ANSIBLE_CORE)' -r requirements.txt -r tests/simulator/requirements.txt -r tests/eda/requirements.txt
	@touch $@

.PHONY: eda
eda: .venv-eda/.test ## the event source on real servers, and its rulebook under ansible-rulebook; needs Java 17
	PATH="$(CURDIR)/.venv-eda/bin:$$PATH" $(CURDIR)/.venv-eda/bin/python -m pytest -n 2 tests/eda

.PHONY: faults
faults: $(VENV)/.test link ## every operation x every request x every fault, and each incident at each state of a migration; takes long
	$(BIN)/python tests/faults/run.py

.PHONY: faults-fast
faults-fast: $(VENV)/.test link ## a slice of it: one fault at every request, each incident once, a short soak
	$(BIN)/python -m pytest -n 3 tests/faults

# The same seed makes the same choices again.
SEED ?= 1
COUNT ?= 2000
.PHONY: soak
soak: $(VENV)/.test link ## thousands of operations by two controllers with random failures, compared with a ledger; SEED=7, COUNT=500
	$(BIN)/python tests/faults/soak.py --seed $(SEED) --count $(COUNT)

# What the gate is measured against: the collection package, with ansible.utils in it.
SIZES ?= 200 1000
# The newest there is, hidden by shims or not: the newest ansible is the one to be measured against.
BENCH_PYTHON = $(call pick,python3.14 python3.13 python3.12 python3.11 python3.10)
.venv-bench/.made: requirements.txt
	@test -n "$(BENCH_PYTHON)" || { echo "Python 3.10 or newer with venv and ensurepip is needed; none was found on PATH."; exit 1; }
	@echo "Making .venv-bench with $$($(BENCH_PYTHON) --version) and the package ansible"
	@test -x .venv-bench/bin/python || $(BENCH_PYTHON) -m venv .venv-bench
	@.venv-bench/bin/python -m pip install --quiet ansible -r requirements.txt
	@touch $@

.PHONY: benchmark
benchmark: .venv-bench/.made link ## the gate against a task for each host; SIZES="200 1000 5000", PEERS=no, WRITE=file.md
	$(CURDIR)/.venv-bench/bin/python tests/benchmark/calculus.py
	$(CURDIR)/.venv-bench/bin/python tests/benchmark/run.py $(SIZES) $(if $(filter no,$(PEERS)),--no-peers) $(if $(WRITE),--write $(WRITE))

.PHONY: clean
clean: ## takes away what make made
	rm -rf $(VENV) .venv-core-* .venv-bench .venv-eda .nox .cache .collections build .mypy_cache .ruff_cache .pytest_cache .hypothesis .ansible tests/output
