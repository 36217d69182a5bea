# Two commands: `make run` shows the dashboard, `make test` runs everything that checks it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8501
BROWSER ?= yes

# Compiled once and not by every process that a test starts, whatever the machine is set to.
unexport PYTHONDONTWRITEBYTECODE
# One step after the other, whatever -j says: pages are served once there is something to show.
.NOTPARALLEL:
.PHONY: run test build demo serve port lint types unit browser chromium gallery faults soak test-mariadb clean

run: port build serve

# Looked at first: a second `make run` ends here and not after another build.
port: $(VENV)/run.stamp
	@$(BIN)/python -c "import socket; socket.create_server(('127.0.0.1', int('$(PORT)'))).close()" 2>/dev/null || { \
	echo "端口 $(PORT) 不能用。看板若已在运行，直接打开 http://127.0.0.1:$(PORT)；否则换一个端口，如 make run PORT=8600。" >&2; exit 1; }

# Demonstration files are made only when data/raw is empty: real files are never touched.
demo: $(VENV)/run.stamp
	@if [ -z "$$(ls -A data/raw 2>/dev/null)" ]; then $(BIN)/python -m pipeline demo --out data/raw; fi

build: demo
	$(BIN)/python -m pipeline build

serve: port
	@echo "县域医共体运行监测：http://127.0.0.1:$(PORT)  （按 Ctrl+C 停止）"
	$(BIN)/streamlit run app.py --server.port $(PORT)

test: lint types unit browser

lint: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(VENV)/dev.stamp
	$(BIN)/mypy

# Two workers with a thread each: the machine this is built for has two cores. Asserts are rewritten
# only for tests that failed, to say what they compared.
UNIT := -m "not browser and not mariadb"
unit: export POLARS_MAX_THREADS := 1
unit: $(VENV)/dev.stamp
	rm -rf .measured && mkdir .measured
	MEASURED=.measured $(BIN)/pytest -n 2 --dist worksteal --assert=plain $(UNIT) || { \
	$(BIN)/pytest --last-failed --last-failed-no-failures=none $(UNIT); exit 1; }
	$(BIN)/slipcover --merge .measured/*.json --out .measured/all.json --skip-covered --fail-under 98

# MySQL and MariaDB as a source, on a server of Debian's that this installs and starts.
test-mariadb: $(VENV)/dev.stamp
	$(PIP) -r requirements-mysql.txt || $(PIP_FAILED)
	sh tests/databases/mariadb.sh $(BIN)/python

browser: $(VENV)/dev.stamp chromium
ifeq ($(BROWSER),yes)
	$(BIN)/pytest tests/browser -n 2
else
	@echo "Browser journeys left out (BROWSER=$(BROWSER))."
endif

chromium:
ifeq ($(BROWSER),yes)
	@sh tests/browser/install_chromium.sh
endif

# Kills, full disks, builds at once and damage at full number; a quarter to half an hour.
faults: $(VENV)/dev.stamp
	$(BIN)/python -m tests.faults.run

# Pictures of every page, for README and docs/gallery.
gallery: $(VENV)/dev.stamp chromium
	$(BIN)/python tests/browser/gallery.py

# Checked before anything is made: without Debian's venv package half an environment would be left.
$(BIN)/python:
	@$(PYTHON) -c "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))" 2>/dev/null || { \
	echo "需要 Python 3.11 或更高版本及 venv：sudo apt-get install python3 python3-venv；装在别处时写 PYTHON=/路径/python3.11。" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
PIP_FAILED := { echo "依赖没有装全，原因见上；没有互联网的机器见 docs/operations.md 第1节。" >&2; exit 1; }

$(VENV)/run.stamp: requirements.txt | $(BIN)/python
	$(PIP) -r requirements.txt || $(PIP_FAILED)
	@touch $@

$(VENV)/dev.stamp: requirements-dev.txt requirements.txt | $(BIN)/python
	$(PIP) -r requirements-dev.txt || $(PIP_FAILED)
	@touch $@ $(VENV)/run.stamp

# Two thousand mutations of good files; the suite itself takes two hundred.
soak: $(VENV)/dev.stamp
	FUZZ_FILES=2000 $(BIN)/pytest -q tests/fuzz

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .measured
