# Set-up is a stamp file: what is locked is installed once into .venv, by hash.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DATA ?= exchange-data
PORT ?= 8080

.PHONY: run test check format schema compiled as-compiled interpreted bench relevance prove semantic ci locale lock clean

run: $(VENV)/.installed as-compiled
	$(BIN)/archive-exchange demo --data $(DATA) --port $(PORT)

test: $(VENV)/.installed-dev as-compiled
	$(BIN)/pytest -m "not long" -n 2 --dist loadfile

check: $(VENV)/.installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Until the first release there is one migration, written again with each change of a table.
schema: $(VENV)/.installed-dev
	$(BIN)/python -m federation.storage.migrations
	$(BIN)/ruff format -q federation/storage/migrations

# The hottest modules of mapping as C extensions beside their sources, for machines with a C compiler: the same results.
COMPILED := $(shell cat deploy/compiled/modules.txt)
EXTENSIONS = $(wildcard *__mypyc*.so mappings/*.so mappings/*/*.so)

compiled: build/.compiled

build/.compiled: deploy/compiled/modules.txt deploy/compiled/build.py $(COMPILED) $(VENV)/.installed-dev
	rm -rf build $(EXTENSIONS)
	$(BIN)/python -W ignore deploy/compiled/build.py
	touch $@

# What is compiled once follows its sources.
as-compiled:
	@if [ -e build/.compiled ]; then $(MAKE) -s compiled; fi

interpreted:
	rm -rf build $(EXTENSIONS)

bench: $(VENV)/.installed-peers compiled
	$(BIN)/python -m tests.benchmarks all | tee bench.json

# How well searches are answered, a line a set of judged queries, beside the last run.
relevance: $(VENV)/.installed-dev
	$(BIN)/python -m tests.relevance

# The long runs: hundreds of kills, a million records, properties under examples that nobody has seen.
prove: $(VENV)/.installed-dev
	$(BIN)/pytest -m "not long" -n 2 --dist loadfile --hypothesis-profile seeking tests/mappings tests/index
	EXCHANGE_TEST_LONG=1 $(BIN)/pytest -m long

# The extra that searches by meaning: its model is 91 MB.
semantic: $(VENV)/.installed-semantic

ci:
	bash .ci/run

# The strings of pages: gathered from templates and code, merged into each language's catalogue.
locale: $(VENV)/.installed-dev
	$(BIN)/pybabel -q extract -F portal_api/locale/babel.cfg -k N_ -k said --no-location --sort-output --no-wrap --project=archive-exchange --version=0 --msgid-bugs-address= --copyright-holder= -o portal_api/locale/portal.pot .
	for language in en zh_Hans; do $(BIN)/pybabel -q update --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --no-wrap -D portal -l $$language -i portal_api/locale/portal.pot -d portal_api/locale || exit 1; done
	sed -i -E '1,/^msgid ""/{/^#/d}; /^"(Report-Msgid-Bugs-To|POT-Creation-Date|PO-Revision-Date|Last-Translator|Language-Team|Generated-By):/d' portal_api/locale/*/LC_MESSAGES/portal.po
	rm portal_api/locale/portal.pot

# The locks: hashes of every wheel, for every platform, no package host named.
lock: $(VENV)/.uv
	$(BIN)/uv pip compile pyproject.toml --extra elasticsearch --group build --generate-hashes --no-header --no-annotate --universal --python-version 3.11 -q -o requirements.txt
	$(BIN)/uv pip compile pyproject.toml --group build --extra dev --generate-hashes --no-header --no-annotate --universal --python-version 3.11 --no-emit-package archive-exchange -q -o requirements-dev.txt
	$(BIN)/uv pip compile pyproject.toml --group build --extra semantic --constraint requirements-dev.txt --generate-hashes --no-header --no-annotate --universal --python-version 3.11 --no-emit-package archive-exchange -q -o requirements-semantic.txt
	$(BIN)/uv pip compile pyproject.toml --group build --extra peers --constraint requirements-dev.txt --generate-hashes --no-header --no-annotate --universal --python-version 3.11 --no-emit-package archive-exchange -q -o requirements-peers.txt

clean:
	rm -rf build $(EXTENSIONS) $(VENV) $(DATA) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache bench.json relevance.json

$(VENV)/.uv: requirements-uv.txt
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.txt
	touch $@

$(VENV)/.installed: requirements.txt pyproject.toml $(VENV)/.uv
	$(BIN)/uv pip install --quiet --compile-bytecode --require-hashes -r requirements.txt
	$(BIN)/uv pip install --quiet --no-deps --no-build-isolation -e .
	@# a start takes 3 s of compiling where nothing was compiled before
	$(BIN)/python -m compileall -q federation harvester index mappings portal_api
	touch $@

$(VENV)/.installed-semantic: requirements-semantic.txt $(VENV)/.installed
	$(BIN)/uv pip install --quiet --compile-bytecode --require-hashes -r requirements-semantic.txt
	touch $@

$(VENV)/.installed-peers: requirements-peers.txt $(VENV)/.installed-dev
	$(BIN)/uv pip install --quiet --compile-bytecode --require-hashes -r requirements-peers.txt
	touch $@

$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	$(BIN)/uv pip install --quiet --compile-bytecode --require-hashes -r requirements-dev.txt
	touch $@
