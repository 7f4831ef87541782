# make run opens the app, make test checks everything, make quick runs the checks and the fast tests.
# Each sets up .venv first, once.
PYTHON ?= python3
BIN := .venv/bin
# The folder of published data, which may not be shipped; benchmarks/published_ratings.py, published_tables.py and
# published_texts.py say which files.
PUBLISHED ?=

# PyTorch takes one thread unless it is told otherwise, and threads that wait sleep: spinning, they would take another process's core.
PYTEST := OMP_NUM_THREADS=1 OMP_WAIT_POLICY=passive $(BIN)/python -m pytest
TWO := -n 2 --dist loadfile  # a file of tests to each process: what a module needs is started once

# On Linux, PyPI's PyTorch comes with CUDA and downloads about 3 GB. A machine without an NVIDIA driver gets PyTorch's CPU build, and
# PyPI's only when asked: make run TORCH=pypi. A PyTorch of the right version that is in .venv already is left as it is.
TORCH ?= $(shell uname -s | grep -q Linux && ! command -v nvidia-smi >/dev/null && echo cpu)
TORCH_PIN = $(shell sed -n 's/^torch==\([^ ]*\).*/\1/p' requirements.txt)
CPU_INDEX := https://download.pytorch.org/whl/cpu

INSTALL ?= $(BIN)/pip install --quiet --disable-pip-version-check

.PHONY: run test quick lowest lock audit check check-js bench docs docs-serve clean

run: .venv/installed
	$(BIN)/embedviz

# Two at a time, then one at a time those that fill a small machine by themselves: a browser, its server and a training do, and Ray
# gives a node 30 s to start. All three are run, so that a failure hides no other.
test: check
	failed=0; \
	$(PYTEST) $(TWO) -m "not browser and not cluster" || failed=1; \
	$(PYTEST) -m browser || failed=1; \
	$(BIN)/python -m pytest tests/jobs -m cluster || failed=1; \
	exit $$failed

# Everything but what takes seconds or a browser: a few minutes.
quick: check
	$(PYTEST) $(TWO) -m "not slow and not browser"

# The fast tests with the lowest version of each package that pyproject.toml allows. PyTorch stays: its lower versions come with CUDA.
lowest: .venv-lowest/installed
	OMP_NUM_THREADS=1 OMP_WAIT_POLICY=passive .venv-lowest/bin/python -m pytest -q -n 2 -m "not slow and not browser" \
	  -o filterwarnings=default $(LOWEST)

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
	$(BIN)/python benchmarks/vectors_writing.py
	$(BIN)/python benchmarks/umap_speed.py
	$(BIN)/python benchmarks/after_layout_speed.py
	@if [ -d "$(PUBLISHED)" ]; then $(BIN)/python benchmarks/published.py "$(PUBLISHED)"; else echo 'published.py: name the folder of published data: make bench PUBLISHED=FOLDER'; fi
	$(BIN)/python benchmarks/neighbours_speed.py
	$(BIN)/python benchmarks/map_speed.py
	$(BIN)/python benchmarks/card_speed.py
	$(BIN)/python benchmarks/first_minutes.py
	$(BIN)/python benchmarks/parsed_once.py
	$(BIN)/python benchmarks/workers.py
	$(BIN)/python benchmarks/serve.py
	$(BIN)/python benchmarks/widget_speed.py

# All versions that requirements.txt leads to, for make run. PyTorch's differ by how it was built, which the lock does not say.
lock: .venv/installed-dev
	echo '# All packages that the pins of requirements.txt bring, as make run installs them. Made by make lock.' > requirements.lock
	$(BIN)/uv pip compile --quiet --python-version 3.11 --no-header --no-annotate requirements.txt \
	  | sed 's/^\(torch==[0-9.]*\)+.*/\1/' >> requirements.lock

# Known faults of what is locked, by the database of OSV: needs a connection.
audit: .venv/installed-dev
	$(BIN)/uv tool run pip-audit --vulnerability-service osv --disable-pip --no-deps -r requirements.lock

# The documentation site, from docs: into build/site, or shown while it is written. NO_MKDOCS_2_WARNING silences an advertisement.
docs: .venv/installed-docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict -f docs/site/mkdocs.yml

docs-serve: .venv/installed-docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs serve -f docs/site/mkdocs.yml

# uv alone takes the lowest version of what is asked for directly, and the newest that fits of the rest.
.venv-lowest/installed: pyproject.toml requirements-dev.txt | .venv/installed-dev
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python .venv-lowest
	$(BIN)/python -c 'from importlib.metadata import version; print("torch==" + version("torch"))' > .venv-lowest/torch.txt
	grep -v '^-r' requirements-dev.txt > .venv-lowest/dev.txt
	UV_FIND_LINKS=$(PIP_FIND_LINKS) $(BIN)/uv pip install --quiet --python .venv-lowest/bin/python --resolution lowest-direct \
	  --override .venv-lowest/torch.txt -r .venv-lowest/dev.txt '.[notebook,serve,hub,onnx,tensorboard,mlflow]'
	@touch $@

clean:
	rm -rf .venv .venv-lowest build

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "embedviz needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Name another one: make run PYTHON=python3.12")'
	$(PYTHON) -m venv .venv

# A stamp a step: a second call installs nothing unless the requirements have changed.
.venv/installed: requirements.txt requirements.lock pyproject.toml | .venv/bin/python
	@test "$(TORCH)" != cpu || $(BIN)/python -c 'from importlib.metadata import version; assert version("torch").split("+")[0] == "$(TORCH_PIN)"' 2>/dev/null \
	  || $(BIN)/pip install --quiet --disable-pip-version-check --retries 1 --extra-index-url $(CPU_INDEX) "torch==$(TORCH_PIN)+cpu" \
	  || { echo "PyTorch's CPU build could not be installed from $(CPU_INDEX). make run TORCH=pypi takes PyPI's, with CUDA: about 3 GB."; exit 1; }
	$(INSTALL) -r requirements.txt -c requirements.lock -e .
	@touch $@

.venv/installed-dev: requirements-dev.txt .venv/installed
	$(INSTALL) -r requirements-dev.txt
	@touch $@

# The optional packages: without them their tests are skipped, and CI has them. In one resolution with what is pinned.
.venv/installed-extras: requirements-extras.txt requirements-docs.txt .venv/installed-dev
	$(INSTALL) -r requirements-extras.txt -r requirements-docs.txt
	$(BIN)/pip check
	@touch $@

.venv/installed-docs: requirements-docs.txt .venv/installed
	$(INSTALL) -r requirements-docs.txt
	@touch $@

.venv/installed-bench: requirements-bench.txt .venv/installed-dev
	$(INSTALL) -r requirements-bench.txt
	@touch $@
