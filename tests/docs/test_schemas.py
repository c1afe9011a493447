"""The published schemas are those that the types of the documents give."""

import pytest

from archcalc.report.documents import DOCUMENTS
from schemas import FOLDER, schema, text


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_published_schema_is_up_to_date(name):
    published = (FOLDER / f"{name}.schema.json").read_text(encoding="utf-8")
    assert published == text(name), "run: python docs/schemas.py"


def test_no_schema_is_left_of_a_document_that_is_gone():
    names = {path.name.removesuffix(".schema.json") for path in FOLDER.iterdir()}
    assert names == DOCUMENTS.keys()


def test_each_object_is_described_and_closed():
    for name in DOCUMENTS:
        whole = schema(name)
        for each in (whole, *whole["$defs"].values()):
            assert each["description"]
            assert each["additionalProperties"] is False
