# One word a daily action. `make app` and `make test` set everything up by themselves.
#
#   make app          opens the chat page on the bundled demo databases
#   make test         runs the tests (a browser, PostgreSQL and MariaDB are used where they are found)
#   make test-long    the soak and the large fuzz runs
#   make check        ruff and mypy                    make format       ruff, changing files
#   make train        DATA=DIR [CONFIG=FILE] [MINUTES=M]
#   make evaluate     DATA=DIR [REFERENCE=DIR]; REFERENCE holds recorded verdicts of the official evaluator
#   make bench        latency, memory, start-up
#   make bench-evaluate DATA=DIR [OFFICIAL=DIR]        make screenshots  the README's pictures
#   make bench-page   a new user's path in a real browser, timed
#   make readme       runs the README's sessions again and writes what they print
#
# TORCH_INDEX names an index with CPU builds of torch, for example
#   make app TORCH_INDEX=https://download.pytorch.org/whl/cpu
# Without it pip takes whatever torch build the package index offers, on Linux often the CUDA one
# (several GB).

PYTHON ?= python3.11
TORCH_INDEX ?=
DATA ?= $(NLIDB_DATA)
CONFIG ?= training/configs/fresh.toml
MINUTES ?= 150
OFFICIAL ?=
REFERENCE ?=

VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check \
	--constraint constraints.txt $(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX))

# A stamp file says that this pyproject.toml is installed, so a second `make` starts at once.
APP_READY := $(VENV)/ready-app
TEST_READY := $(VENV)/ready-test
TRAIN_READY := $(VENV)/ready-train

.PHONY: app test test-long check format train evaluate bench bench-evaluate bench-page screenshots readme need-data

app: $(APP_READY)
	$(BIN)/nlidb app

# Two processes for two cores, of one torch thread each; the tests of a file stay together, for what they share. In
# the order of the alphabet, so that those in a browser, which take longest, do not come last and alone.
test: $(TEST_READY)
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

# The soaks watch the memory of their process, so it is one of their own.
test-long: $(TEST_READY)
	$(BIN)/python -m pytest -m long tests/test_soak.py
	$(BIN)/python -m pytest -m long --ignore tests/test_soak.py

check: $(TEST_READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(TEST_READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

train: need-data $(TRAIN_READY)
	$(BIN)/python -m training.train $(CONFIG) --data "$(DATA)" --minutes $(MINUTES)

evaluate: need-data $(TEST_READY)
	$(BIN)/nlidb evaluate --data "$(DATA)"
	$(if $(REFERENCE),$(BIN)/python -m training.agreement --data "$(DATA)" --reference "$(REFERENCE)")

bench: $(TEST_READY)
	$(BIN)/python -m training.benchmark

bench-evaluate: need-data $(TEST_READY)
	$(BIN)/python -m training.bench_evaluate --data "$(DATA)" $(if $(OFFICIAL),--official "$(OFFICIAL)")

bench-page: $(TEST_READY)
	$(BIN)/python -m tests.bench_page

screenshots: $(TEST_READY)
	$(BIN)/python -m tests.screenshots

readme: $(TEST_READY)
	$(BIN)/python tests/test_readme.py

need-data:
	@test -n "$(DATA)" || { echo "Name the folder with Spider's data: make $(MAKECMDGOALS) DATA=DIR (or set NLIDB_DATA)." >&2; exit 2; }

$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || { \
	    echo "$(PYTHON) was not found. Install Python 3.11 or newer, or name it: make PYTHON=python3" >&2; exit 2; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	    echo "$(PYTHON) is older than Python 3.11. Name a newer one: make PYTHON=python3.12" >&2; exit 2; }
	@$(PYTHON) -m venv $(VENV) || { \
	    rm -rf $(VENV); \
	    echo "$(PYTHON) cannot make a virtual environment. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 2; }

$(APP_READY): pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing nlidb and the chat page into $(VENV) (once; a few minutes) ..."
	@$(INSTALL) --editable '.[app]' || { \
	    echo "The installation failed; pip's message is above. The package index must be reachable." >&2; exit 2; }
	@touch $@

$(TEST_READY): pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing nlidb and what its tests need into $(VENV) (once; a few minutes) ..."
	@$(INSTALL) --editable '.[app,dev,excel,mysql,postgresql]' || { \
	    echo "The installation failed; pip's message is above. The package index must be reachable." >&2; exit 2; }
	@touch $@ $(APP_READY)

$(TRAIN_READY): pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing what training needs into $(VENV) (once; a few minutes) ..."
	@$(INSTALL) --editable '.[app,dev,excel,mysql,postgresql,train]' || { \
	    echo "The installation failed; pip's message is above. The package index must be reachable." >&2; exit 2; }
	@touch $@ $(TEST_READY) $(APP_READY)
