"""docs/codes.md has every code, with all that its page must say."""

import re

import pytest
from console import ROOT

from archcalc.codes.table import CODES

PAGE = (ROOT / "docs" / "codes.md").read_text(encoding="utf-8")


def test_codes_have_one_section_each():
    assert re.findall(r"^### ([\w-]+)$", PAGE, re.MULTILINE) == list(CODES)


@pytest.mark.parametrize("code", CODES)
def test_a_section_says_what_why_and_what_to_do(code):
    section = re.split(r"\n##+ ", PAGE.partition(f"\n### {code}\n")[2])[0]
    for text in (
        CODES[code].what,
        CODES[code].why,
        CODES[code].mend,
        CODES[code].example,
        CODES[code].mended,
    ):
        assert text in section
