"""Every edit that is offered, made in the text, gives exactly the network that was analysed.

In whatever style the text is written, and with all else in it kept.
"""

import re
import shutil
from itertools import count
from pathlib import Path

import pytest
from sweeps import thinned

from archcalc.analysis.facts import BrokenNetworkError
from archcalc.checks.repair import tried_repairs
from archcalc.errors import SpecError
from archcalc.spec.document import Mapping, Scalar, Sequence, parse
from archcalc.spec.load import parse_spec, read_spec
from archcalc.spec.text import edited

TESTS = Path(__file__).parent.parent
BROKEN = {path.stem: path.read_text(encoding="utf-8") for path in (TESTS / "checks/broken").glob("*.yaml")}
WRONG = sorted(path for path in (TESTS / "errors").rglob("*.yaml") if not path.name.startswith("_"))


def flow(value):
    """A value in brackets, in one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {flow(entry.value)}" for key, entry in value.entries.items()) + "}"
    if isinstance(value, Sequence):
        return "[" + ", ".join(map(flow, value.items)) + "]"
    return scalar(value)


def scalar(value):
    """A scalar, in quotes where it may need them."""
    quotes = value.quoted or ("$" in value.text and not re.fullmatch(r"\$\w+", value.text))
    return '"' + value.text.replace('"', '\\"') + '"' if quotes else value.text


def block(value, indent, comment):
    """A value in lines of its own, each with a comment behind it and one above it."""
    space = " " * indent
    if isinstance(value, Scalar) or not (value.entries if isinstance(value, Mapping) else value.items):
        return f" {flow(value)}  # {comment()}\n"
    if isinstance(value, Mapping):
        lines = (
            f"{space}# {comment()}\n{space}{key}:{block(entry.value, indent + 2, comment)}"
            for key, entry in value.entries.items()
        )
    else:
        lines = (f"{space}-{hanging(item, indent + 2, comment)}" for item in value.items)
    return f"  # {comment()}\n{''.join(lines)}"


def hanging(item, indent, comment):
    """An item of a list, which begins in the line of its dash."""
    if isinstance(item, Mapping):
        ((key, entry),) = item.entries.items()
        return f" {key}:{block(entry.value, indent + 2, comment)}"
    if isinstance(item, Sequence):
        first, *others = item.items
        behind = (f"{' ' * indent}-{hanging(each, indent + 2, comment)}" for each in others)
        return f" -{hanging(first, indent + 2, comment)}{''.join(behind)}"
    return block(item, indent, comment)


def in_lines(text):
    """A spec in block style alone."""
    number = count()
    return f"# å\n{block(parse(text.encode(), 's', {}), 0, lambda: f'é😀{next(number)}').lstrip(' ')}"


def in_brackets(text):
    """A spec in flow style alone, but for its top level."""
    top = parse(text.encode(), "s", {}).entries
    name = 'name: "é×😀"\n' if "name" not in top else ""
    return name + "".join(f"{key}: {flow(entry.value)}\n" for key, entry in top.items())


def with_carriage_returns(text):
    return text.replace("\n", "\r\n")


STYLES = {
    "as it is": str,
    "in lines": in_lines,
    "in brackets": in_brackets,
    "CRLF": with_carriage_returns,
    "CR": lambda text: in_lines(text).replace("\n", "\r"),
}


IN_WORDS = {("sequence-pairs", "in lines"), ("sequence-pairs", "CR")}
"""What cannot be written without harm to a comment: one number in place of a list in lines of its own."""


def graph(network):
    """All of a network but the names of its layers."""
    nodes = [(node.kind, node.layer, node.inputs) for node in network.nodes]
    return network.inputs, nodes, list(network.outputs.values())


def error_of(text):
    with pytest.raises(BrokenNetworkError) as caught:
        parse_spec(text, "net.yaml").analyze()
    return caught.value


def comments(text):
    return re.findall(r"# é.\d+", text)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", thinned(BROKEN, 5))
def test_every_edit_gives_what_was_analysed(name, style):
    text = STYLES[style](BROKEN[name])
    found = tried_repairs(error_of(text))
    assert found
    for repair, analysis in found:
        if not repair.edits and (name, style) in IN_WORDS:
            continue
        after = edited(text, repair.edits)
        assert repair.edits
        assert graph(parse_spec(after).network) == graph(analysis.network), after
        if "remove" not in repair.change:
            assert set(comments(text)) <= set(comments(after))
        assert re.findall(r"\r\n?|\n", after)[0] == re.findall(r"\r\n?|\n", text)[0]
        assert len(set(re.findall(r"\r\n?|\n", after))) == 1


@pytest.mark.parametrize("path", thinned(WRONG, 4), ids=lambda path: path.relative_to(TESTS).as_posix())
def test_every_edit_for_a_wrong_spec_gives_what_was_analysed(path, tmp_path, monkeypatch):
    for number, repair_and_analysis in enumerate(offered(path, monkeypatch)):
        repair, analysis = repair_and_analysis
        folder = tmp_path / str(number)
        shutil.copytree(path.parent, folder)
        assert repair.edits or "input" in repair.change, repair
        for source in {edit.span.source for edit in repair.edits}:
            content = (folder / source).read_bytes().decode("utf-8-sig")
            own = [edit for edit in repair.edits if edit.span.source == source]
            (folder / source).write_text(edited(content, own), encoding="utf-8", newline="")
        if repair.edits:
            monkeypatch.chdir(folder)
            assert graph(read_spec(path.name).network) == graph(analysis.network)


def offered(path, monkeypatch):
    monkeypatch.chdir(path.parent)
    try:
        read_spec(path.name).analyze()
    except SpecError as error:
        return tried_repairs(error)
    raise AssertionError("the spec is well")


LIBRARY = "blocks:\n  stem:\n    layers:\n      - maxpool: {kernel_size: 9}  # é\n"
USER = "input: {channels: 3, height: 8, width: 8}\ninclude: lib\nlayers:\n  - relu\n  - stem\n"


def test_an_edit_in_a_library_names_its_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lib.yaml").write_text(LIBRARY, encoding="utf-8")
    (tmp_path / "net.yaml").write_text(USER, encoding="utf-8")
    with pytest.raises(BrokenNetworkError) as caught:
        read_spec("net.yaml").analyze()
    places = {repair.edits[0].span.source for repair, _ in tried_repairs(caught.value)}
    assert places == {"net.yaml", "lib.yaml"}
    for repair, analysis in tried_repairs(caught.value):
        for name, text in (("lib.yaml", LIBRARY), ("net.yaml", USER)):
            own = [edit for edit in repair.edits if edit.span.source == name]
            (tmp_path / name).write_text(edited(text, own), encoding="utf-8")
        assert graph(read_spec("net.yaml").network) == graph(analysis.network)


def test_what_is_built_in_is_mended_in_words_alone():
    with pytest.raises(BrokenNetworkError) as caught:
        read_spec("lenet5").with_input((1, 8, 8)).analyze()
    found = [repair for repair, _ in tried_repairs(caught.value)]
    assert found
    assert all(not repair.edits for repair in found)


HEAD = "input: {channels: 3, height: 4, width: 4}\nlayers:\n"
WRITTEN = {
    "settings for a word": "  - conv: {filters: 2, kernel_size: 1}\n  - maxpool: {kernel_size: 5 }\n",
    "behind an empty setting": "  - conv: {kernel_size: 5, filters: 2, in_channels: }\n",
    "a last comma": "  - conv: {kernel_size: 5, filters: 2,}\n",
    "block text": "  - conv:\n      kernel_size: 5\n      filters: 2\n      note: |\n       a\n       b\n\n",
    "an indented dash": "- relu\n-   conv:\n         kernel_size: 5\n         filters: 2\n# end",
    "several lines": "  - conv: {kernel_size: 5, # a\n      filters: 2 # b\n      }\n",
    "a quoted word": '  - "conv": {"kernel_size": "${4 + 1}", filters: 2}\n',
    "an item to put in front": "  - # first\n    fc:\n      units: 2\n",
    "items in items": "  - branches:\n      paths:\n      - - fc: {units: 2}\n      - - fc: {units: 2}\n",
    "the last of brackets": "  [relu, maxpool: {kernel_size: 2}, maxpool: {kernel_size: 4}]\n",
    "the last of lines": "  - maxpool: {kernel_size: 2}\n  - maxpool: {kernel_size: 3} # b\n# end",
}


@pytest.mark.parametrize("case", WRITTEN)
def test_unusual_texts(case):
    text = HEAD + WRITTEN[case]
    found = tried_repairs(error_of(text))
    assert any(repair.edits for repair, _ in found)
    for repair, analysis in found:
        after = edited(text, repair.edits)
        assert not repair.edits or graph(parse_spec(after).network) == graph(analysis.network), after
