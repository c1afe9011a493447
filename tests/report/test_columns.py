"""The heads of columns can be told apart and read alone, and tables and formulas write the same letters."""

import re
from importlib import import_module
from pathlib import Path

import pytest

from archcalc.layers import LAYERS, layer_class
from archcalc.report.page import Column
from archcalc.report.settings import symbols_of
from archcalc.report.symbols import SYMBOLS

REPORT = Path(__file__).parents[2] / "archcalc" / "report"
MODULES = sorted(path.stem for path in REPORT.glob("*.py") if "Column(" in path.read_text(encoding="utf-8"))
RIDDLES = {"%", "+/-", "at", "in", "par %", "mem %", "alive", "takes", "held", "kept", "keeps", "field"}

WORDS_IN_FORMULAS = {"multiplier": "M", "channels": "C"}
"""Settings that formulas write otherwise: the letters that tables have for them stand for nothing else."""


def tables():
    """Every table's columns that a report declares."""
    for name in MODULES:
        for variable, value in vars(import_module(f"archcalc.report.{name}")).items():
            if isinstance(value, tuple) and value and all(isinstance(each, Column) for each in value):
                yield pytest.param(value, id=f"{name}.{variable}")


@pytest.mark.parametrize("columns", list(tables()))
def test_no_two_columns_of_a_table_have_the_same_head(columns):
    heads = [column.title for column in columns if column.title]
    assert len(heads) == len(set(heads))


@pytest.mark.parametrize("columns", list(tables()))
def test_no_head_is_a_riddle(columns):
    assert not RIDDLES.intersection(column.title for column in columns)


@pytest.mark.parametrize("kind", LAYERS)
def test_tables_write_a_setting_with_the_letter_of_the_formulas(kind):
    for name, letter in symbols_of(layer_class(kind)).items():
        if not letter:
            continue
        meanings = [meaning for _, pattern, meaning in SYMBOLS if re.fullmatch(pattern, letter)]
        if name in WORDS_IN_FORMULAS:
            assert (letter, meanings) == (WORDS_IN_FORMULAS[name], [])
        else:
            assert [meaning.startswith(name.replace("_", " ")) for meaning in meanings] == [True]
