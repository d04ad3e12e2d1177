# What people type. Every target first brings the virtual environment in line with requirements.lock.
# Needs a Python of 3.11 or newer with venv, make and git. Another Python: make test VENV=.venv-3.12 PYTHON=python3.12

PYTHON ?= python3 python3.14 python3.13 python3.12 python3.11
VENV   ?= .venv
JOBS   ?= auto
BIN    := $(VENV)/bin
LOCKED := $(VENV)/.locked
READY  := $(VENV)/.ready
WHEEL  := .venv-wheel

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export UV_SYSTEM_CERTS := 1
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test check wheel-check bench fuzz chaos chaos-real evidence record lock clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

demo: $(READY)  ## a made-up household, a simulated broker, one run from deposit to report
	@$(BIN)/rebaloop demo $(ARGS)

test: $(READY)  ## the test suite; ARGS="tests/domain -x" chooses, JOBS=0 runs it in one process
	@$(BIN)/python -m pytest -n $(JOBS) --maxprocesses 8 $(ARGS)

check: $(READY)  ## format, lint, types, import contracts, then the test suite
	@echo "ruff format"; $(BIN)/ruff format --check --quiet .
	@echo "ruff check"; $(BIN)/ruff check --quiet .
	@echo "mypy"; $(BIN)/mypy
	@echo "import contracts"; $(BIN)/lint-imports --no-cache
	@$(MAKE) test

wheel-check: $(READY)  ## build the wheel and run the demo from it, with nothing but its locked dependencies
	@echo "wheel: build"; rm -rf dist
	@$(BIN)/python -m hatchling build -t wheel
	@echo "wheel: install"; $(BIN)/uv venv -q --no-config --clear --python $(BIN)/python $(WHEEL)
	@echo "$$(echo ./dist/*.whl)[all] $$($(BIN)/python -m pip hash dist/*.whl | tail -n 1)" >dist/install.txt
	@$(BIN)/uv pip install -q --no-config --python $(WHEEL) --require-hashes -c requirements.lock -r dist/install.txt
	@echo "wheel: demo"; cd dist && ../$(WHEEL)/bin/rebaloop demo --json >demo.json
	@$(WHEEL)/bin/python -m json.tool --json-lines dist/demo.json >/dev/null
	@rm -rf $(WHEEL)

bench: $(READY)  ## the benchmarks of tests/bench, each against its goal
	@$(BIN)/python -m tests.bench.run $(ARGS)

fuzz: $(READY)  ## 100,000 spoilt files and 1,000,000 spoilt replies, each read or refused with a reason
	@$(BIN)/python -m tests.fuzz.files $(or $(FILES),100000)
	@$(BIN)/python -m tests.fuzz.replies $(or $(REPLIES),1000000)

chaos: $(READY)  ## N seeded schedules of faults and crashes for each kind of broker, against the real services
	@$(BIN)/python -m tests.chaos.run $(or $(N),1000) --tally tests/chaos/tally.json $(ARGS)

chaos-real: $(READY)  ## N real processes killed at every named point, over HTTP to the simulated brokers
	@$(BIN)/python -m tests.chaos.real.run $(or $(N),5000) $(ARGS)

evidence: $(READY)  ## the long view's tables (to the terminal), CSV and pictures (build/evidence); FULL=1: all windows
	@$(BIN)/python -m tests.longview.evidence $(if $(FULL),--full) $(ARGS)

record: $(READY)  ## record a broker's tapes anew: BROKER=alpaca or schwab; ARGS="--source live" with your own keys
	@$(BIN)/python -m tests.tapes.record --broker $(BROKER) $(ARGS)

lock: $(READY)  ## write requirements.lock anew from pyproject.toml; ARGS=--upgrade moves every pin
	@cp requirements.lock $(VENV)/requirements.lock
	@$(BIN)/uv pip compile pyproject.toml --all-extras --group dev --group build \
	  --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
	  --no-emit-index-url --no-annotate --no-header --no-config --quiet $(ARGS) -o $(VENV)/requirements.lock
	@cmp -s $(VENV)/requirements.lock requirements.lock || cp $(VENV)/requirements.lock requirements.lock

clean:  ## remove everything that was built
	@rm -rf .venv .venv-* dist .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- the virtual environment: third parties when the lock changes, the project when pyproject.toml does ------------

# An environment that was moved with its folder, or whose Python is gone, is built again.
ifneq ($(shell cat $(LOCKED) 2>/dev/null && $(BIN)/python -c '' 2>/dev/null && echo runs),$(CURDIR) runs)
$(LOCKED): again
endif
.PHONY: again
again:

$(LOCKED): requirements.lock
	@chosen=; for python in $(PYTHON); do \
	  if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then chosen=$$python; break; fi; \
	done; \
	if [ -z "$$chosen" ]; then \
	  echo "Python 3.11 or newer is needed: install python3 (Debian: apt-get install python3 python3-venv)" >&2; exit 1; \
	fi; \
	if ! $$chosen -c 'import ensurepip, venv' 2>/dev/null; then \
	  echo "$$chosen cannot make virtual environments: install python3-venv (Debian: apt-get install python3-venv)" >&2; exit 1; \
	fi; \
	echo "$(VENV): $$($$chosen --version), packages of requirements.lock (a minute or two, once)"; \
	rm -f $@ && $$chosen -m venv --clear $(VENV) && \
	$(BIN)/python -m pip install -qq --require-hashes --no-deps -r requirements.lock && \
	echo "$(CURDIR)" >$@

$(READY): $(LOCKED) pyproject.toml
	@echo "$(VENV): rebaloop itself"
	@$(BIN)/python -m pip install -qq --no-deps --no-build-isolation -e .
	@touch $@
