# Every target but db-stop and clean makes .venv first; only Python 3.11 (or newer) and make are needed.
PYTHON := $(shell for p in python3.11 python3.12 python3.13 python3; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo "$$p"; break; }; done)
ifeq ($(PYTHON),)
RUN = @echo "Tallydesk needs Python 3.11 or newer, and none was found on the PATH." >&2; exit 1;
else
RUN = @exec $(PYTHON) config/bootstrap.py
endif

.DEFAULT_GOAL := help
.PHONY: help start test lint format types lock db-stop clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-9s %s\n", $$1, $$2}' Makefile

start: ## install, migrate and serve Desk, API and worker on PORT (default 8000); Ctrl-C stops all
	$(RUN) start

test: ## lint, types, import contracts, migrations check and all tests
	$(RUN) test

lint: ## ruff, template style and import contracts
	$(RUN) lint

format: ## format the code
	$(RUN) format

types: ## mypy, strict
	$(RUN) types

lock: ## write requirements.txt and requirements-dev.txt from the .in files
	$(RUN) lock

db-stop: ## stop the embedded PostgreSQL if something left it running
	$(RUN) db-stop

clean: db-stop ## remove .venv and caches; the data in .data and var stays
	@rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache staticfiles
