# `make demo` and `make test` set up everything they need; nothing has to be done by hand before.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin
FRONTEND := package.json package-lock.json $(shell find sdk src/afterclick/web/assets -type f 2>/dev/null) \
	$(shell find src/afterclick/web/templates src/afterclick/pages -name '*.html' -o -name '*.css' -o -name page.py 2>/dev/null)

.PHONY: help demo test lint bench soak verify screenshots audit clean

help: ## what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: $(VENV)/.ready ## install, start everything, fill in a week of a shop, and show it
	@$(RUN)/afterclick demo $(DEMO)

test: export PYTHONDONTWRITEBYTECODE =  # the processes that tests start read what the first one compiled
test: $(VENV)/.ready $(VENV)/.chromium $(VENV)/.postgres $(VENV)/.clients ## every test but the slow statistical ones
	@$(RUN)/pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

lint: $(VENV)/.ready ## ruff, pyright, import contract, TypeScript
	@$(RUN)/ruff check
	@$(RUN)/ruff format --check
	@$(RUN)/lint-imports
	@$(RUN)/pyright
	@$(RUN)/python -c 'import build_assets; build_assets.npm("run", "--silent", "check")'

bench: $(VENV)/.ready ## speed, as ratios measured in one run
	@$(RUN)/python -m benchmarks

soak: $(VENV)/.ready ## memory over ten minutes of steady load
	@$(RUN)/python -m benchmarks soak

screenshots: $(VENV)/.ready $(VENV)/.chromium ## take the pictures of the README and the docs anew
	@AFTERCLICK_SCREENSHOTS=docs/images $(RUN)/pytest tests/browser/test_trail.py tests/pages/test_states_browser.py

verify: $(VENV)/.ready $(VENV)/.chromium $(VENV)/.shop ## slow: the demo for each fault, a real shop, and the intervals against the simulator's truth over 100 seeded runs
	@$(RUN)/pytest -m verify --override-ini='addopts=-q -s --import-mode=importlib'
	@$(RUN)/pytest --hypothesis-profile=other $$(grep -rlE --include='test_*.py' '^(from|import) hypothesis' tests)

audit: $(VENV)/.ready ## ask the advisory databases of PyPI and npm about every locked dependency
	@$(RUN)/python audit_dependencies.py

clean: ## remove what make created
	rm -rf $(VENV) node_modules tests/clients/node_modules src/afterclick/web/static src/afterclick/collect/sdk

$(VENV)/bin/uv:
	@echo "Creating $(VENV) with uv in it"
	@$(PYTHON) -m venv $(VENV)
	@$(VENV)/bin/pip install --quiet --disable-pip-version-check uv

$(VENV)/.ready: $(VENV)/bin/uv pyproject.toml uv.lock build_assets.py $(FRONTEND)
	@echo "Installing Afterclick, its tools and its web assets"
	@$(RUN)/uv sync --quiet --frozen --no-install-project
	@$(RUN)/uv sync --quiet --frozen
	@touch $@

$(VENV)/.chromium: $(VENV)/.ready
	@$(RUN)/python tests/browser/chromium.py
	@touch $@

$(VENV)/.postgres: $(VENV)/.ready
	@$(RUN)/python tests/store/postgres.py
	@touch $@

$(VENV)/.clients: $(VENV)/.ready tests/clients/package-lock.json
	@echo "Installing the JavaScript clients that the tests drive"
	@$(RUN)/python tests/clients/javascript.py
	@touch $@

$(VENV)/.shop: $(VENV)/.ready tests/verify/shop/requirements.txt
	@echo "Installing the shop that a test visits"
	@$(RUN)/python tests/verify/shop/installation.py
	@touch $@
