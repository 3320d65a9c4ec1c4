# The commands of Restage. Everything is installed into .venv; nothing outside the repository changes.
.DEFAULT_GOAL := help
VENV := .venv
# The newest supported Python; or make PYTHON=/path/to/python.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && echo $$p && break; done)
READY := $(VENV)/restage-ready
# Sphinx has an environment of its own: its packages are no part of requirements.lock.
DOCS := $(VENV)/docs
RUN := PATH="$(CURDIR)/$(VENV)/bin:$$PATH"
# Git merges dvc.lock and other generated files with it.
MERGE_DRIVER := $(addsuffix /restage-merge-driver.pyz,$(shell git rev-parse --git-common-dir 2>/dev/null))
# Extras of pyproject.toml to install, such as EXTRAS=s3,ssh.
EXTRAS ?=
# make lock UPGRADE= adds new packages and keeps the versions of the others.
UPGRADE ?= --upgrade

# Clients and servers for the long tests of remotes and databases, and a browser for those of pages. None of these packages is in requirements.lock.
SERVERS := tests/stories/servers/requirements
SSHD = $(wildcard /usr/sbin/sshd /usr/local/sbin/sshd /opt/homebrew/sbin/sshd)
# Where its package makes no cluster, it starts no server either; the tests start their own.
POSTGRES = $(wildcard /usr/lib/postgresql/*/bin/postgres /usr/local/pgsql/bin/postgres \
	/opt/homebrew/opt/postgresql*/bin/postgres)
CHROMIUM = $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)
COMPILE := uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
	--no-header --no-annotate

.PHONY: help setup repro test servers coverage lint format lock docs bench clean

help: ## List these targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 10

setup: $(READY) $(MERGE_DRIVER) ## Create .venv with the locked packages and install the merge driver, once
	@$(if $(EXTRAS),sed -n 's/ *\\$$//; /^[a-z0-9]/p' requirements.lock $(SERVERS).lock > $(VENV)/constraints.txt && \
		$(VENV)/bin/python -m pip install --quiet --constraint $(VENV)/constraints.txt --editable '.[$(EXTRAS)]')

$(READY): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "restage: Python 3.11, 3.12 or 3.13 is needed; found none. Try make PYTHON=/path/to/python3.12"; exit 1; }
	@echo "restage: installing the locked packages into $(VENV) (once; about two minutes)"
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	$(VENV)/bin/python -m compileall -q stages
	@touch $@

ifneq ($(MERGE_DRIVER),)
$(MERGE_DRIVER): $(wildcard stages/cli/merge/*.py) stages/core/dvc/lock_file/lock_entries.py | $(READY)
	@$(RUN) python -m stages.cli.merge.install_driver
endif

repro: setup ## Run the stages that changed (SUITE=full chooses the suite of this clone)
	@$(if $(SUITE),$(RUN) restage compose --suite $(SUITE))
	@$(RUN) restage run
	@echo "restage: open reports/index.html"

# With byte code, whatever the environment says: to compile the tests takes ten seconds in each of the processes.
test: setup ## Run the tests
	@$(RUN) PYTHONDONTWRITEBYTECODE= python -m pytest

servers: setup $(VENV)/servers-ready ## Install what the long tests need: ssh, S3, WebDAV, PostgreSQL servers, Chromium
	@test -n "$(SSHD)" || { test "$$(id -u)" = 0 && apt-get update -qq && \
		DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends openssh-server; } || \
		{ echo "restage: sshd is not installed; install it, such as by: sudo apt-get install openssh-server"; exit 1; }
	@test "$$(id -u)" != 0 || test ! -d /run || install -d -m 755 /run/sshd # sshd needs it when root starts it
	@test -n "$(POSTGRES)" || { test "$$(id -u)" = 0 && apt-get update -qq && export DEBIAN_FRONTEND=noninteractive && \
		apt-get install -qq --no-install-recommends postgresql-common && \
		pg_conftool /etc/postgresql-common/createcluster.conf set create_main_cluster off && \
		apt-get install -qq --no-install-recommends postgresql; } || \
		{ echo "restage: PostgreSQL is not installed; install it, such as by: sudo apt-get install postgresql"; exit 1; }
	@test -n "$(CHROMIUM)" || { test "$$(id -u)" = 0 && apt-get update -qq && \
		DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends chromium; } || \
		{ echo "restage: Chromium is not installed; install it, such as by: sudo apt-get install chromium"; exit 1; }

$(VENV)/servers-ready: $(SERVERS).lock $(READY)
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r $(SERVERS).lock
	@$(VENV)/bin/python -m pip check
	@touch $@

coverage: setup ## Run the tests and report the coverage of stages/; fail below the bound in pyproject.toml
	@$(RUN) python -m pytest --cov

lint: setup ## Check style, types and layers: ruff, mypy, import-linter
	@$(RUN) ruff check .
	@$(RUN) ruff format --check .
	@$(RUN) mypy
	@$(RUN) lint-imports --no-cache --no-logo

format: setup ## Format the code
	@$(RUN) ruff check --fix .
	@$(RUN) ruff format .

lock: setup ## Upgrade requirements.lock for all Pythons, then write stages/locked (UPGRADE= keeps the versions)
	@$(RUN) python -m pip install --quiet uv
	@$(RUN) $(COMPILE) pyproject.toml --group dev $(UPGRADE) --output-file requirements.lock
	@$(RUN) $(COMPILE) $(SERVERS).in --constraint requirements.lock $(UPGRADE) --output-file $(SERVERS).lock \
		$$(sed -n 's/^\([a-z0-9-]*\)==.*/--no-emit-package \1/p' requirements.lock | sort -u)
	@$(MAKE) --no-print-directory setup
	@$(RUN) restage lock

docs: setup $(DOCS)/ready ## Build the documentation as a site in docs/_build/html; fail on broken links
	@$(RUN) python docs/generate_reference.py --check
	@$(DOCS)/bin/sphinx-build --quiet --fail-on-warning --keep-going docs docs/_build/html

$(DOCS)/ready: docs/requirements.lock | $(READY)
	@$(VENV)/bin/python -m venv $(DOCS)
	@$(DOCS)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r docs/requirements.lock
	@touch $@

bench: setup ## Compare the speed of the stages with the tutorials' code
	@$(RUN) python -m benchmarks

clean: ## Remove .venv and the caches of the tools; data and results stay
	rm -rf $(VENV) .coverage .mypy_cache .pytest_cache .ruff_cache .hypothesis docs/_build restage.egg-info
