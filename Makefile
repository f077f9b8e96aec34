# Everything is set up here: a bare machine needs Python 3.11, git, make and a package index.
# `make test` runs all; `make help` lists the rest.
PYTHON ?= python3.11
BOOT := .venvs/boot
UV := $(BOOT)/bin/uv
NOX := $(BOOT)/bin/nox
# Bytecode that is never written makes lmms-eval start in half a minute instead of seconds.
unexport PYTHONDONTWRITEBYTECODE
export HF_HUB_OFFLINE := 1
export UV_HTTP_TIMEOUT := 300

.PHONY: help test lint unit lmms vlmeval inspect package demo demo-both bench clean
help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

$(NOX): noxfile.py
	@command -v $(PYTHON) >/dev/null || { echo "make: $(PYTHON) is not installed; name another by PYTHON=…"; exit 1; }
	$(PYTHON) -m venv $(BOOT)
	$(BOOT)/bin/python -m pip install --quiet --upgrade uv nox
	@touch $@

test: $(NOX) ## lint, types, unit tests and the real frameworks, each in an environment of its own
	$(NOX) --session lint unit lmms vlmeval inspect package

lint: $(NOX) ## ruff and mypy
	$(NOX) --session lint

unit: $(NOX) ## everything that needs no framework
	$(NOX) --session unit

lmms: $(NOX) ## the tests that run the real lmms-eval
	$(NOX) --session lmms

vlmeval: $(NOX) ## the tests that run the real VLMEvalKit
	$(NOX) --session vlmeval

inspect: $(NOX) ## the tests that run the real inspect_ai and the real lm-evaluation-harness
	$(NOX) --session inspect

package: $(NOX) ## build sdist and wheel, run the demo from the wheel
	$(NOX) --session package

demo: $(NOX) ## draw phantoms, run lmms-eval on them, show one table
	$(NOX) --session demo

demo-both: $(NOX) ## the same through lmms-eval and VLMEvalKit: the same numbers
	PATH="$(CURDIR)/$(BOOT)/bin:$$PATH" $(NOX) --session demo_both

bench: $(NOX) ## measure what the package costs and write the README's table
	$(NOX) --session bench

clean: ## remove the environments and everything that tests wrote
	rm -rf .venvs .nox .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis
