# make run | test | check | setup | bench | lock. Needs Python 3.11 or 3.12 and a package registry.
PORT ?= 8000
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.complete
TORCH := torch==2.13.0

.PHONY: run test check setup bench lock clean
.DELETE_ON_ERROR:

setup: $(STAMP)

# PyTorch goes first and outside the hash lock: which build is right (CPU, CUDA, macOS) depends on
# the machine, and only `pip` can tell. Everything else is pinned with hashes.
$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info < (3, 13) else "make: Python 3.11 or 3.12 is needed, not %d.%d; set PYTHON=/path/to/python3.11" % sys.version_info[:2])'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "$(TORCH)"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	touch $@

run: setup
	@$(BIN)/python manage.py migrate --verbosity 0
	@$(BIN)/python manage.py ingest fixtures/articles
	@$(BIN)/python manage.py collectstatic --noinput --verbosity 0
	@exec $(BIN)/python manage.py serve --port $(PORT)

# A process for each core, at most four: each loads the models. A file's tests stay together, in the
# order of collection, so that the longest file (the API's conformance) is not left to the end.
PARALLEL := -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

test: setup
	$(BIN)/python -m pytest $(PARALLEL) $(ARGS)
	$(BIN)/python -m tests.postgresql -- $(BIN)/python -m pytest -q $(PARALLEL) -m database $(ARGS)

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py check

# Accuracy, speed and memory, recorded in bench/results/; see docs/benchmarks.md.
bench: setup
	@$(BIN)/python -m tests.bench $(ARGS)

# Pins what pyproject.toml names. Needs pip-tools in the environment; see CONTRIBUTING.md.
lock:
	$(BIN)/pip-compile --quiet --extra dev --generate-hashes --allow-unsafe --strip-extras \
		--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header \
		--unsafe-package torch --output-file requirements.lock pyproject.toml
	# PyTorch is installed before the lock (see setup): its block, the last, goes.
	sed -i '/^# The following packages are considered to be unsafe/,$$d' requirements.lock

clean:
	rm -rf $(VENV) var .pytest_cache .mypy_cache .ruff_cache .hypothesis
