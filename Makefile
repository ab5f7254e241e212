# Thin: each target sets up what it needs, then runs one tool.
HOST ?= 127.0.0.1
PORT ?= 5000
BIN := .venv/bin

.PHONY: run test check bench

run: .venv/.run
	@exec $(BIN)/socketscope serve --host "$(HOST)" --port "$(PORT)"

# ARGS reaches pytest: make test ARGS="-k frames"
test: .venv/.dev
	@SOCKETSCOPE_CHROMIUM="$$(.ci/browser)" $(BIN)/pytest $(ARGS)

check: .venv/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	@.ci/check-js
	$(BIN)/pytest -q tests/test_architecture.py

# ARGS names benches: make bench ARGS=parsing
bench: .venv/.dev
	@$(BIN)/python -m tests.bench $(ARGS)

# Packages are installed again only when pyproject.toml changed.
.venv/.%: pyproject.toml .ci/setup
	@.ci/setup $*
