# One word per habit; each line also works typed by hand. The first use makes the virtual environment.
.PHONY: run test faults bench lint format coverage screenshots words build clean

run: .venv
	.venv/bin/python main.py

test: .venv
	.venv/bin/pytest

faults: .venv
	.venv/bin/pytest tests/faults --rounds $(or $(ROUNDS),20)

bench: .venv
	.venv/bin/python benchmarks/run_all.py $(if $(ONLY),--only $(ONLY)) $(if $(QUICK),--quick) $(if $(AGAINST),--against $(AGAINST))

lint: .venv
	.venv/bin/ruff check . && .venv/bin/ruff format --check .
	.venv/bin/mypy

format: .venv
	.venv/bin/ruff check --fix . && .venv/bin/ruff format .

coverage: .venv
	.venv/bin/pytest -m 'not browser and not traces and not faults' --cov=collab.document --cov=collab.rooms --cov-fail-under=100

screenshots: .venv
	.venv/bin/python -m tests.browser.screenshots

words: .venv
	.venv/bin/python -m collab.language.gather

build:
	cd collab/editor && npm ci && node build.mjs

clean:
	rm -rf .venv .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache collab/editor/node_modules tests/browser/foreign/node_modules
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv: requirements.txt requirements-dev.txt
	python3 -m venv .venv && .venv/bin/pip install -r requirements-dev.txt && touch .venv
