.PHONY: run test check messages venv clean
PY := .venv/bin/python
STAMP := .venv/.installed
# Where this is set, every process of a test would compile the whole product again.
unexport PYTHONDONTWRITEBYTECODE

run: $(STAMP)  ## A company of 240 people in a browser page that plays Slack and Teams: no credentials, no server
	$(PY) -m bot run --playground

test: check  ## All checks and tests
	$(PY) -m pytest -n 2 --dist worksteal

check: $(STAMP)  ## Format, lint, types, floors
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy --strict bot storage playground benchmarks
	.venv/bin/lint-imports --no-cache

messages: $(STAMP)  ## Write docs/messages.md: every message in every language
	$(PY) -m bot messages > docs/messages.md

venv: $(STAMP)

$(STAMP): pyproject.toml requirements.lock
	python3 -m venv .venv
	$(PY) -m pip install --quiet --require-hashes --requirement requirements.lock
	$(PY) -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $(STAMP)

clean:
	rm -rf .venv var
