# The commands of this project; `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# What an installation on air would have set; only for `check --deploy`, which connects to nothing.
RANDOM_KEY = $$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')
PRODUCTION = ENV_FILE= APP_ENV=production SECRET_KEY=$(RANDOM_KEY) \
    DASHBOARD_MASTER_PASSWORD=$(RANDOM_KEY) ALLOWED_HOSTS=overlay.example.org REDIS_URL=redis://127.0.0.1:6379/0
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help run setup test check coverage bench bench-quick lint format requirements audit

help: ## List the commands
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

run: $(VENV)/.run .env.local ## Start the server; the first time, install and prepare everything
	@$(BIN)/python manage.py first_start
	@exec $(BIN)/python manage.py serve

setup: $(VENV)/.dev .env.local ## Install everything for development, write .env.local

test: $(VENV)/.dev ## Run all tests; what needs PostgreSQL, Redis, Chromium or nginx is skipped without them
	$(BIN)/python -m pytest

check: $(VENV)/.bench ## Lint, format, types, imports, deployment check, migrations, all tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING
	DJANGO_SETTINGS_MODULE=gal_dashboard.settings.test $(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python -m pytest

coverage: $(VENV)/.dev ## Which lines the tests inside this process reach (servers are processes of their own)
	$(BIN)/python -m pytest --cov --cov-report=term:skip-covered

bench: $(VENV)/.bench ## Measure against other ways to build it, some minutes; BENCH="--database postgresql" for PostgreSQL
	$(BIN)/python -m bench $(BENCH)

bench-quick: $(VENV)/.bench ## The same with fewer cases
	$(BIN)/python -m bench --quick $(BENCH)

lint: $(VENV)/.dev ## Lint and fix what can be fixed
	$(BIN)/ruff check --fix .

format: $(VENV)/.dev ## Format the code
	$(BIN)/ruff format .

requirements: $(VENV)/.dev ## Pin all dependencies anew, with hashes
	$(BIN)/uv pip compile --upgrade --universal --python-version 3.11 --generate-hashes --no-strip-extras \
	    --no-emit-index-url --custom-compile-command "make requirements" --quiet \
	    pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile --upgrade --universal --python-version 3.11 --generate-hashes --no-strip-extras \
	    --no-emit-index-url --custom-compile-command "make requirements" --quiet \
	    --group dev -c requirements.txt pyproject.toml -o requirements-dev.txt
	$(BIN)/uv pip compile --upgrade --universal --python-version 3.11 --generate-hashes --no-strip-extras \
	    --no-emit-index-url --custom-compile-command "make requirements" --quiet \
	    --group bench -c requirements-dev.txt -o requirements-bench.txt

audit: $(VENV)/.dev ## Ask PyPI's advisories about all pinned packages; needs the internet, so `check` does not
	$(BIN)/uv tool run --from pip-audit==2.10.1 pip-audit --strict --disable-pip --require-hashes \
	    -r requirements.txt
	$(BIN)/uv tool run --from pip-audit==2.10.1 pip-audit --strict --disable-pip --require-hashes \
	    -r requirements-dev.txt
	$(BIN)/uv tool run --from pip-audit==2.10.1 pip-audit --strict --disable-pip --require-hashes \
	    -r requirements-bench.txt

.env.local: | $(VENV)/.run
	@$(BIN)/python -m gal_dashboard.operations.environment_file

$(VENV)/.run: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed; try: make PYTHON=python3.12 run")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing the packages of requirements.txt ..."
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt | $(VENV)/.run
	@echo "Installing the packages of requirements-dev.txt ..."
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.txt
	@touch $@

$(VENV)/.bench: requirements-bench.txt | $(VENV)/.dev
	@echo "Installing the packages of requirements-bench.txt ..."
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements-bench.txt
	@touch $@
