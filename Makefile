# What developers and CI run. GNU make 3.81 is enough (macOS has it); uv finds or gets the Python that the project needs.

STACK ?= prod-aws
PYTEST_ARGS ?=
UV := .ci/uv
BIN := .venv/bin
STAMP := .venv/.gpu-fleet-setup

.DEFAULT_GOAL := help
.PHONY: help setup preview review engine browser vendor test check bench crash-matrix docs lint format types imports generated

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

setup: $(STAMP) ## get everything that the project needs into .venv; the command line is .venv/bin/gpufleet

$(STAMP): pyproject.toml uv.lock
	$(UV) sync --locked
	@touch $@

preview: setup ## every resource, the monthly cost and the rules of a stack (STACK=prod-aws), without a cloud account
	@$(BIN)/gpufleet preview $(STACK)

review: setup ## what the last commit does to the stacks that it touches: cost, rules, resources
	@.ci/review

engine: setup ## find Pulumi's engine, or build it for the tests that run it (some minutes, once; needs Go)
	@$(BIN)/python -m scripts.engine.build

browser: ## find a Chromium for the tests that open the report, or install Debian's
	@.ci/browser

vendor: setup ## get the chart library that reports carry anew: the version and bytes of its record (needs npm)
	@$(BIN)/python -m scripts.report.vendor

test: setup ## all tests (PYTEST_ARGS='-k name' for some)
	@$(BIN)/python -m pytest -n 2 --dist loadfile $(PYTEST_ARGS)

check: lint format types imports generated ## what needs no test run: lint, format, types, layers, generated files

bench: setup ## how fast the command line and the preview are; fails where a target is missed
	@$(BIN)/python -m benchmarks

crash-matrix: setup ## kill the engine at every step of a stack's life; writes docs/crash-matrix.md (half an hour, resumable)
	@$(BIN)/python -m scripts.rehearsal.crash

docs: setup ## write the generated tables and schemas of README.md and docs/ anew
	@$(BIN)/python -m scripts.docs
	@$(BIN)/python -m scripts.schemas

lint: setup
	$(BIN)/ruff check

format: setup
	$(BIN)/ruff format --check

types: setup
	$(BIN)/pyright

imports: setup
	$(BIN)/lint-imports --no-cache --no-logo

generated: setup
	$(BIN)/python -m scripts.docs --check
