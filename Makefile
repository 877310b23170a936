# Kaogong: what a newcomer runs. Needs Python 3.11+ with venv, git and make; everything else is brought by `setup`.
VENV := .venv/bin
.DEFAULT_GOAL := help
.PHONY: help setup demo serve test check bench format lint types contracts migrations templates openapi lock river messages

help: ## what can be run
	@awk -F':.*## ' '/^[a-z]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup:
	@./scripts/setup

demo: setup ## play one appraisal season from an empty database, print it, then serve the site (SERVE=no: only print)
	@$(VENV)/kaogong demo $(if $(filter no,$(SERVE)),--no-serve,) $(if $(SIZE),--size $(SIZE),)

serve: setup ## serve the site on http://127.0.0.1:8000/
	@$(VENV)/kaogong db up && $(VENV)/kaogong db migrate && $(VENV)/kaogong serve

test: setup ## the whole test suite (says which tests it leaves out without Chromium)
	@$(VENV)/python -m pytest -n 2 --dist loadfile

check: setup format lint contracts types migrations templates openapi ## what CI runs
	@$(VENV)/python -m pytest -n 2 --dist loadfile

bench: setup ## benchmarks, as ratios in one run
	@$(VENV)/python -m bench

format:
	@$(VENV)/ruff format --check .

lint:
	@$(VENV)/ruff check .

contracts:
	@$(VENV)/lint-imports --no-logo 2>/dev/null || $(VENV)/lint-imports

types:
	@$(VENV)/mypy

migrations:
	@$(VENV)/python scripts/offline.py makemigrations --check --dry-run

templates:
	@$(VENV)/python scripts/offline.py check --fail-level WARNING
	@$(VENV)/python -m pytest -q tests/web/test_templates.py

openapi:
	@$(VENV)/python -m pytest -q tests/api/test_snapshot.py

messages: setup ## renew the English catalogue from the code (then fill in what is new, and compile)
	@$(VENV)/python -m scripts.messages extract && $(VENV)/python -m scripts.messages compile

river: setup ## write docs/river.md from the code
	@$(VENV)/python -m scripts.river

lock: setup ## renew requirements.txt (hashes, no hosts)
	@$(VENV)/uv pip compile pyproject.toml --extra dev --universal --generate-hashes --no-header --no-annotate -o requirements.txt
