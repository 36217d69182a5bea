# Two commands: `make run` shows the dashboard, `make test` runs everything that checks it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8501
BROWSER ?= yes

.PHONY: run test build demo serve lint types unit browser chromium gallery faults soak test-mariadb clean

run: build serve

# Demonstration files are made only when data/raw is empty: real files are never touched.
demo: $(VENV)/run.stamp
	@if [ -z "$$(ls -A data/raw 2>/dev/null)" ]; then $(BIN)/python -m pipeline demo --out data/raw; fi

build: demo
	$(BIN)/python -m pipeline build

serve: $(VENV)/run.stamp
	@echo "县域医共体运行监测：http://127.0.0.1:$(PORT)  （按 Ctrl+C 停止）"
	$(BIN)/streamlit run app.py --server.port $(PORT)

test: lint types unit browser

lint: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(VENV)/dev.stamp
	$(BIN)/mypy

# Two workers: the machine this is built for has two cores.
unit: $(VENV)/dev.stamp
	$(BIN)/pytest -n 2 -m "not browser and not mariadb" --cov --cov-branch --cov-report=term --cov-fail-under=98

# MySQL and MariaDB as a source, on a server of Debian's that this installs and starts.
test-mariadb: $(VENV)/dev.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-mysql.txt
	sh tests/databases/mariadb.sh $(BIN)/python

browser: $(VENV)/dev.stamp chromium
ifeq ($(BROWSER),yes)
	$(BIN)/pytest -m browser -n 2 --dist loadfile
else
	@echo "Browser journeys left out (BROWSER=$(BROWSER))."
endif

chromium:
ifeq ($(BROWSER),yes)
	@sh tests/browser/install_chromium.sh
endif

# Kills, full disks, builds at once and damage at full number; about a quarter of an hour.
faults: $(VENV)/dev.stamp
	$(BIN)/python -m tests.faults.run

# Pictures of every page, for README and docs/gallery.
gallery: $(VENV)/dev.stamp chromium
	$(BIN)/python tests/browser/gallery.py

$(VENV)/run.stamp: requirements.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/dev.stamp: requirements-dev.txt requirements.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@ $(VENV)/run.stamp

# Two thousand mutations of good files; the suite itself takes two hundred.
soak: $(VENV)/dev.stamp
	FUZZ_FILES=2000 $(BIN)/pytest -q tests/fuzz

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .coverage*
