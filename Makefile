# What CI runs is `make check slow`; everything works in an environment made by: pip install -e '.[dev]'

.PHONY: check fix format lint types contracts test slow faults mutations goldens docs bench

check: format lint types contracts test

# Formats, and applies the fixes that ruff is sure of.
fix:
	ruff format .
	ruff check --fix .

format:
	ruff format --check .

lint:
	ruff check .

types:
	mypy

contracts:
	lint-imports

test:
	pytest -n auto

slow:
	pytest -n auto -m slow

# Plants faults in the rules and tells which the tests notice.
faults:
	python tests/faults/plant.py

# Makes small random changes and tells which the tests do not notice: takes about an hour on 2 cores.
mutations:
	python tests/faults/mutate.py

# Writes anew what tests compare reports and errors with; read the difference before you commit it.
goldens:
	ARCHCALC_UPDATE_GOLDENS=1 pytest tests/report tests/cli tests/errors

# Writes docs/kinds.md, the schemas of JSON documents, and the output of the commands in README.md and docs/, anew.
docs:
	python docs/generate.py
	python docs/schemas.py
	python docs/generate.py --console

bench:
	python benchmarks/startup.py
	python benchmarks/forward.py
	python benchmarks/gate.py
