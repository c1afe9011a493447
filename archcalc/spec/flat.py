"""A network as a spec without variables, repeats and blocks: one item a layer, in running order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from archcalc.layers.settings import changed_settings
from archcalc.network import Network, Node
from archcalc.spec.first import expected_today
from archcalc.spec.items import setting_text, settings_text
from archcalc.spec.load import Parts
from archcalc.spec.preamble import INPUTS
from archcalc.spec.standalone import MODELINE, faithful, written
from archcalc.spec.text import Text


def flat(parts: Parts) -> str:
    """A spec's text, its layers laid out."""
    network = parts.spec.network
    lines = [f"name: {setting_text(network.name)}\n"]
    if network.source:
        lines.append(f"source: {setting_text(network.source)}\n")
    shape = network.only_input("--flat")
    form = next(form for form in INPUTS if len(form) == len(shape))
    lines.append(f"input: {setting_text(dict(zip(form, shape, strict=True)))}\nlayers:\n")
    lines += [f"  - {item}\n" for item in _items(network)]
    lines += _outputs(network)
    if network.dtype:
        lines.append(f"dtype: {network.dtype}\n")
    if parts.spec.silenced:
        lines.append(f"silence: {setting_text([code for code, _ in parts.spec.silenced])}\n")
    return faithful("".join((MODELINE, *lines, _expect(parts))), network)


def _items(network: Network) -> Iterator[str]:
    """Each layer as an item; names and `from` are written where a spec without them would mean another."""
    counts: Counter[str] = Counter()
    names = _tensor_names(network)
    declared: set[str] = set()
    for number, node in enumerate(network.nodes):
        texts = {} if _is_automatic(node, counts, declared) else {"name": setting_text(node.name)}
        declared.add(node.name)
        texts |= {key: setting_text(value) for key, value in changed_settings(node.layer).items()}
        if node.inputs != (network.output_tensor(number) - 1,):
            read = [names[tensor] for tensor in node.inputs]
            texts["from"] = setting_text(read if len(read) > 1 else read[0])
        if node.note:
            texts["note"] = setting_text(node.note)
        yield f"{node.kind}: {{{settings_text(texts.items())}}}" if texts else node.kind


def _tensor_names(network: Network) -> list[str]:
    """What each tensor is called in a `from`: an input, or the layer that writes it."""
    return [*network.inputs, *(node.name for node in network.nodes)]


def _is_automatic(node: Node, counts: Counter[str], declared: set[str]) -> bool:
    """Whether a layer is called as one without a name would be here; then it counts as one of its kind."""
    number = counts[node.kind] + 1
    while f"{node.kind}{number}" in declared:
        number += 1
    if node.name != f"{node.kind}{number}":
        return False
    counts[node.kind] = number
    return True


def _outputs(network: Network) -> Iterator[str]:
    """What leaves the network, where that is not only its last layer; blocks have gone, so by its layers."""
    names = _tensor_names(network)
    main = [names[tensor] for name, tensor in network.outputs.items() if name not in network.auxiliary]
    if main != names[-1:]:
        yield f"outputs: {setting_text(main)}\n"
    if network.auxiliary:
        yield f"auxiliary: {setting_text([names[network.outputs[name]] for name in network.auxiliary])}\n"


def _expect(parts: Parts) -> str:
    """What the spec expects, as it stands there; what holds today where it needs variables or blocks."""
    entry = parts.whole.entries.get("expect")
    if entry is None:
        return ""
    text = Text(entry.span.source, parts.spec.texts[entry.span.source])
    known = {"", *(node.name for node in parts.spec.network.nodes)}
    of_block = any(each.layer not in known for each in parts.spec.expectations)
    worked_out = of_block or "$" in text.of(entry.value.span)
    return expected_today(parts.spec.analyze()) if worked_out else written(entry, text, 0)
