# make run opens the app, make test checks everything, make quick runs the checks and the fast tests.
# Each sets up .venv first, once.
PYTHON ?= python3
BIN := .venv/bin
# The folder of published data, which may not be shipped; benchmarks/published_ratings.py, published_tables.py and
# published_texts.py say which files.
PUBLISHED ?=

# Two processes, a file of tests to each: a module's server and browser are started once. PyTorch takes one thread unless it is told
# otherwise, and threads that wait sleep: spinning, they would take the core of the other process.
PYTEST := OMP_NUM_THREADS=1 OMP_WAIT_POLICY=passive $(BIN)/python -m pytest -n 2 --dist loadfile

.PHONY: run test quick check check-js bench clean

run: .venv/installed
	$(BIN)/streamlit run app.py

test: check
	$(PYTEST)

# Everything but what takes seconds or a browser: under 90 s.
quick: check
	$(PYTEST) -m "not slow and not browser"

# What needs no test to run: style, layers, unused code, types.
check: .venv/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/vulture
	$(BIN)/basedpyright

# Types, style and unit tests of the map's JavaScript, which `make test` runs too.
check-js: .venv/installed-dev
	$(BIN)/python -m pytest tests/js

bench: .venv/installed-bench
	$(BIN)/python benchmarks/word_vectors.py
	$(BIN)/python benchmarks/corpora.py
	$(BIN)/python benchmarks/vectors_reading.py
	$(BIN)/python benchmarks/umap_speed.py
	$(BIN)/python benchmarks/after_layout_speed.py
	@if [ -d "$(PUBLISHED)" ]; then $(BIN)/python benchmarks/published.py "$(PUBLISHED)"; else echo 'published.py: name the folder of published data: make bench PUBLISHED=FOLDER'; fi
	$(BIN)/python benchmarks/neighbours_speed.py
	$(BIN)/python benchmarks/map_speed.py
	$(BIN)/python benchmarks/card_speed.py
	$(BIN)/python benchmarks/first_minutes.py
	$(BIN)/python benchmarks/parsed_once.py

clean:
	rm -rf .venv

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "embedviz needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Name another one: make run PYTHON=python3.12")'
	$(PYTHON) -m venv .venv

# A stamp a step: a second call installs nothing unless the requirements have changed.
.venv/installed: requirements.txt pyproject.toml | .venv/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt -e .
	@touch $@

.venv/installed-dev: requirements-dev.txt .venv/installed
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

# Ray, TensorBoard, MLflow, faiss and databases of vectors: without them their tests are skipped, and CI has them. In one resolution with what is pinned.
.venv/installed-extras: requirements-cluster.txt requirements-tracking.txt requirements-spaces.txt .venv/installed-dev
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-cluster.txt -r requirements-tracking.txt -r requirements-spaces.txt
	$(BIN)/pip check
	@touch $@

.venv/installed-bench: requirements-bench.txt .venv/installed-dev
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-bench.txt
	@touch $@
