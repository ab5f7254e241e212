# Thin: each target sets up what it needs, then runs one tool. ARGS reaches the tool: make test ARGS="-k frames"
HOST ?= 127.0.0.1
PORT ?= 5000
BIN := .venv/bin

.PHONY: run test check bench conformance fuzz

run: .venv/.run
	@exec $(BIN)/socketscope serve --host "$(HOST)" --port "$(PORT)"

test: .venv/.dev
	@SOCKETSCOPE_CHROMIUM="$$(.ci/browser)" $(BIN)/pytest -n auto --dist worksteal $(ARGS)

check: .venv/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	.ci/check-js
	$(BIN)/pytest -q tests/test_architecture.py

# ARGS names benches
bench: .venv/.dev
	@$(BIN)/python -m tests.bench $(ARGS)

# ARGS is fast, lite (the default) or all
conformance: .venv/.dev .venv/.autobahn
	@AUTOBAHN_PYTHON=.venv/autobahn/bin/python $(BIN)/python -m tests.conformance $(ARGS)

# ARGS is a target of tests/fuzz/targets.py and libFuzzer's options
fuzz: .venv/.fuzz
	@$(BIN)/python -m tests.fuzz $(or $(ARGS),reader -max_total_time=60)

# Packages are installed again only when the list of them changed.
.venv/.autobahn: tests/conformance/autobahn/requirements.txt

.venv/.%: pyproject.toml .ci/setup
	@.ci/setup $*
