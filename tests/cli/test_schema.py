"""`archcalc schema`."""

import json

import pytest

from archcalc.spec.schema import spec_schema


def test_it_prints_the_schema(archcalc, tmp_path):
    code, out, err = archcalc("schema")
    assert (code, err) == (0, "")
    assert json.loads(out) == spec_schema()
    assert archcalc("schema", "-o", tmp_path / "archcalc.schema.json") == (0, "", "")
    assert (tmp_path / "archcalc.schema.json").read_text("utf-8") == out


@pytest.mark.slow
def test_it_is_the_same_whatever_the_hash_seed(process):
    assert process("schema", PYTHONHASHSEED="1").out == process("schema", PYTHONHASHSEED="2").out


def test_it_cannot_be_written_into_a_folder(archcalc, tmp_path):
    assert archcalc("schema", "-o", tmp_path).code == 2
