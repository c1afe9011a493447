"""Every link from one page to another leads somewhere."""

import re
from collections import Counter

import pytest
from console import ROOT

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])


def prose(text):
    """A page without its fenced blocks, in which nothing is a heading or a link."""
    return re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)


def anchors(text):
    """What GitHub calls the headings of a page."""
    found, seen = [], Counter()
    for heading in re.findall(r"^#{1,6} (.+)$", prose(text), re.MULTILINE):
        shown = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        slug = re.sub(r"[^\w\- ]", "", shown.lower()).strip().replace(" ", "-")
        found.append(f"{slug}-{seen[slug]}" if seen[slug] else slug)
        seen[slug] += 1
    return found


def dead_links(page, text):
    """The links of a page that lead to no file, or to no heading."""
    dead = []
    for target in LINK.findall(re.sub(r"`[^`\n]*`", "", prose(text))):
        path, _, anchor = target.partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        file = (page.parent / path).resolve() if path else page
        if not file.is_relative_to(ROOT) or not file.exists():
            dead.append(target)
            continue
        headings = anchors(file.read_text(encoding="utf-8") if path else text) if anchor else []
        if anchor and anchor not in headings:
            dead.append(target)
    return dead


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    assert dead_links(page, page.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("text", "dead"),
    [
        ("[a](spec.md#a-first-network)", []),
        ("[a](#there-is-none) [b](spec.md)", ["#there-is-none"]),
        ("## Thrice\n## Thrice\n## Thrice\n[a](#thrice-2)", []),
        ("## There is `one`: here\n[a](#there-is-one-here)", []),
        ("## Twice\n## Twice\n[a](#twice-1) [b](#twice-2)", ["#twice-2"]),
        ("[a](spec.md#nothing) [b](nothing.md)", ["spec.md#nothing", "nothing.md"]),
        ("[a](../../outside.md)", ["../../outside.md"]),
        ("```md\n## Fenced\n[a](nothing.md)\n```\n[b](#fenced)", ["#fenced"]),
        ("`[a](nothing.md)` and [b](https://example.org/nothing)", []),
    ],
)
def test_dead_links_are_noticed(text, dead):
    assert dead_links(ROOT / "docs" / "kinds.md", text) == dead
