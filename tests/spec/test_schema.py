"""The JSON Schema of specs: it accepts all that the reader accepts, and refuses what editors should mark."""

import json
import random
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from sweeps import thinned

import archcalc
from archcalc.errors import SpecError
from archcalc.expectations.keys import layer_forms, network_forms
from archcalc.layers import LAYERS, layer_class
from archcalc.layers.aliases import INPUT_ALIASES, KIND_ALIASES, SETTING_ALIASES
from archcalc.layers.settings import settings_of
from archcalc.spec.decode import canonical
from archcalc.spec.document import Mapping, Scalar, parse
from archcalc.spec.load import TOP
from archcalc.spec.schema import spec_schema
from archcalc.spec.structures import STRUCTURES

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = spec_schema()
VALIDATOR = Draft202012Validator(SCHEMA)
FRAGMENT = "input: {channels: 64, height: 56, width: 56}\nlayers:\n"
RIGHT = {"input": {"channels": 3, "height": 8, "width": 8}, "layers": ["relu"]}


def as_json(value):
    """A document as JSON would have it."""
    if isinstance(value, Mapping):
        return {key: as_json(entry.value) for key, entry in value.entries.items()}
    return value.value if isinstance(value, Scalar) else [as_json(item) for item in value.items]


def faults(text):
    content = text if isinstance(text, bytes) else text.encode()
    return [error.message for error in VALIDATOR.iter_errors(as_json(parse(content, "spec", {})))]


def yaml_examples():
    """The specs in pages; those of codes.md are wrong on purpose."""
    pages = {*(ROOT / "docs").glob("*.md"), ROOT / "README.md"} - {ROOT / "docs" / "codes.md"}
    for page in sorted(pages):
        for title, text in re.findall(r"^```yaml([^\n]*)\n(.*?)^```", page.read_text("utf-8"), re.M | re.S):
            keys = set(re.findall(r"^(\w+):", text, re.M))
            if text.startswith("- "):
                text = FRAGMENT + re.sub("^", "  ", text, flags=re.M)
            elif not ({"input", "layers"} <= keys or keys & {"base", "blocks"}):
                continue
            if "wrong" not in title:
                yield pytest.param(text, id=f"{page.name}:{text[:20]!r}")


def docstring_examples():
    for kind in LAYERS:
        text = (layer_class(kind).__doc__ or "").replace("\n    ", "\n")
        for block in re.findall(r"^( *)(input: .*(?:\n.*\S.*)*)", text, re.M):
            yield pytest.param(re.sub(f"^{block[0]}", "", block[1], flags=re.M), id=kind)


@pytest.mark.slow
def test_it_is_a_valid_schema():
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize(
    "path",
    thinned(sorted([*(ROOT / "specs").rglob("*.yaml"), *(ROOT / "examples").rglob("*.yaml")]), 5),
    ids=lambda path: path.relative_to(ROOT).as_posix(),
)
def test_networks_and_libraries_are_accepted(path):
    assert faults(path.read_bytes()) == []


@pytest.mark.parametrize("text", list(yaml_examples()))
def test_examples_of_pages_are_accepted(text):
    assert faults(text) == []


@pytest.mark.parametrize("text", thinned(docstring_examples(), 3))
def test_examples_of_kinds_are_accepted(text):
    assert faults(text) == []


def test_every_kind_has_an_example():
    assert {param.id for param in docstring_examples()} == set(LAYERS)
    assert len(list(yaml_examples())) > 20


def test_every_word_of_the_language_is_in_it():
    assert tuple(SCHEMA["properties"]) == TOP
    mapping = next(form for form in SCHEMA["$defs"]["layers"]["items"]["anyOf"] if form["type"] == "object")
    assert set(mapping["properties"]) == {*LAYERS, *STRUCTURES, *KIND_ALIASES}
    expect = SCHEMA["properties"]["expect"]["properties"]
    assert set(expect) == {*network_forms(), "layers"}
    assert set(expect["layers"]["additionalProperties"]["properties"]) == set(layer_forms())
    inputs = {word for form in SCHEMA["properties"]["input"]["anyOf"] for word in form["properties"]}
    assert inputs >= set(INPUT_ALIASES)


@pytest.mark.parametrize("kind", LAYERS)
def test_every_setting_and_its_spellings_are_in_it(kind):
    own = settings_of(layer_class(kind))
    words = {word for word in (*own, *SETTING_ALIASES) if canonical(word, own)}
    schema = SCHEMA["$defs"][kind]
    assert set(schema["properties"]) == {*words, "name", "from", "when", "note"}
    assert schema["additionalProperties"] is False


def layers(*items):
    return {**RIGHT, "layers": list(items)}


def expecting(**expected):
    return {**RIGHT, "expect": expected}


WRONG = [
    {},
    [],
    "alexnet",
    {"layers": ["relu"]},
    {"input": RIGHT["input"]},
    {**RIGHT, "lyers": []},
    {**RIGHT, "input": 3},
    {**RIGHT, "input": {"channels": 3}},
    {**RIGHT, "input": {"channels": 3, "hight": 3}},
    {**RIGHT, "input": {"features": 0}},
    {**RIGHT, "input": {"features": 1.5}},
    {**RIGHT, "input": {"features": "9"}},
    {**RIGHT, "layers": "relu"},
    {**RIGHT, "layers": {"relu": None}},
    {**RIGHT, "blocks": {"a": {}}},
    {**RIGHT, "blocks": {"a": {"layers": [], "setings": {}}}},
    {**RIGHT, "variables": []},
    {"blocks": {"a": {"layers": ["relu"]}}, "variables": {}},
    {"blocks": {"a": {"layers": ["relu"]}}, "layers": ["relu"]},
    {"blocks": {"a": {}}},
    {"blocks": []},
    {"include": "blocks/mobile"},
    {"include": "blocks/mobile", "blocks": {"a": {"layers": [3]}}},
    {**RIGHT, "expect": []},
    layers(3),
    layers(["relu"]),
    layers({"conv": {}}),
    layers({"conv": {"filters": 3}}),
    layers({"fc": 10}),
    layers({"conv": {"filters": 3, "kernal_size": 3}}),
    layers({"conv": {"filters": 0, "kernel_size": 3}}),
    layers({"conv": {"filters": 3, "kernel_size": "3"}}),
    layers({"conv": {"filters": True, "kernel_size": 3}}),
    layers({"conv": {"filters": 3, "kernel_size": 3, "padding": "sane"}}),
    layers({"dropout": {"p": 2}}),
    layers({"conv": {"filters": 3, "kernel_size": 3, "bias": "yes"}}),
    layers({"maxpool": {"kernel_size": []}}),
    layers({"relu": {}, "tanh": {}}),
    layers({"repeat": {"times": 3}}),
    layers({"repeat": {"layers": []}}),
    layers({"repeat": {"layers": ["relu"]}}),
    layers({"repeat": {"times": 2, "each": {"w": [3]}, "layers": ["relu"]}}),
    layers({"repeat": {"each": {}, "layers": ["relu"]}}),
    layers({"repeat": {"each": {"w": 3}, "layers": ["relu"]}}),
    layers({"repeat": {"each": [3], "layers": ["relu"]}}),
    layers({"residual": {"body": [], "add": "perhaps"}}),
    {**RIGHT, "include": []},
    {**RIGHT, "include": {}},
    {**RIGHT, "auxiliary": {}},
    layers({"residual": {}}),
    layers({"residual": {"body": [], "shortcuts": []}}),
    layers({"branches": {"paths": 3}}),
    layers({"branches": {"paths": [[], []], "merge": "sum"}}),
    layers({"relu": {"from": []}}),
    {**layers({"mine": 3}), "blocks": {"mine": {"layers": ["relu"]}}},
    {**layers({"$mine": [3]}), "variables": {"mine": "relu"}},
    expecting(parametres=3),
    expecting(parameters=-1),
    expecting(parameters=[]),
    expecting(parameters=True),
    expecting(output=[]),
    expecting(output=[3, 0]),
    expecting(output="ten"),
    expecting(uses=[]),
    expecting(uses=""),
    expecting(layers={"a": {"outputs": 3}}),
    expecting(layers=[]),
    expecting(followed_by={}),
    expecting(count=3),
    expecting(not_in_last=[]),
]


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: json.dumps(wrong)[-60:])
def test_what_is_wrong_is_refused_as_the_reader_does(wrong):
    assert not VALIDATOR.is_valid(wrong)
    with pytest.raises(SpecError):
        archcalc.loads(json.dumps(wrong))


def test_what_is_right_is_accepted():
    assert VALIDATOR.is_valid(RIGHT)


@pytest.mark.parametrize(
    "right",
    [
        {"blocks": {"a": {"layers": ["relu"]}}},
        {"name": "Mine", "source": "me", "include": ["blocks/mobile"], "blocks": {"a": {"layers": []}}},
        {"base": "alexnet", "blocks": {"a": {"layers": ["relu"]}}},
        layers(
            "$activation", {"$unit": {"width": 3}}, {"$unit": None}, {"residual": {"body": [], "add": "$a"}}
        ),
        layers({"repeat": {"each": {"a": [1], "b": "$list"}, "layers": ["$a"]}}),
        {**RIGHT, "outputs": "relu1", "auxiliary": []},
        expecting(peak_bytes="<= 256 KiB"),
    ],
    ids=lambda right: json.dumps(right)[:60],
)
def test_what_is_new_in_the_language_is_accepted(right):
    assert not [error.message for error in VALIDATOR.iter_errors(right)]


VALUES = [
    0,
    1,
    2,
    3,
    5,
    -1,
    2**31 - 1,
    2**31,
    True,
    False,
    None,
    0.5,
    1.0,
    2.0,
    "",
    "3",
    "same",
    "SAME",
    "valid",
    "$w",
    "${w + 1}",
    "a$w",
    "reflect",
    "zeros",
    "all",
    "add",
    [],
    [1],
    [3, 3],
    ["$w", 2],
    [[1, 2], 0],
    [1, 2, 3],
    [1, 1, 1, 1],
    {},
    {"top": 1},
    {"left": "$w"},
    {"conv": 1},
    "input",
    ["input"],
    "relu1",
    "yes",
    3.7,
]
BOUNDS = [
    3,
    "<= 3",
    "20k",
    "<= 4 MiB",
    ["> 1", "< 9"],
    "$w",
    "",
    "few",
    [3],
    [10, "$w"],
    -1,
    1.5,
    "batchnorm",
]
STRUCTURED = [
    {"conv": "batchnorm"},
    {"Conv2D": "bn | relu", "except_last": 1},
    {"conv": "<= 3"},
    {"fc": 2},
    {"conv": "$w"},
    ["conv | fc", "bn"],
    "dense",
    {"except_last": 1},
    {"conv": 0},
]


def random_settings(draw, kind):
    words = [*settings_of(layer_class(kind)), *SETTING_ALIASES, "name", "from", "when", "note"]
    fitting = [word for word in words if canonical(word, settings_of(layer_class(kind)))]
    chosen = draw.sample(fitting, min(len(fitting), draw.randrange(5))) + draw.sample(
        words, draw.randrange(2)
    )
    needed = [name for name, field in settings_of(layer_class(kind)).items() if draw.random() < 0.9]
    return {word: random_value(draw, word) for word in (*needed, *chosen)}


def random_value(draw, word):
    fitting = {
        "filters": 3,
        "kernel_size": 3,
        "units": "$w",
        "output_size": 1,
        "size": 3,
        "p": 0.5,
        "when": True,
    }
    if draw.random() < 0.75 and word not in ("name", "from", "note"):
        return fitting.get(word, 1)
    return draw.choice(VALUES)


def random_layers(draw, depth=2):
    return [random_layer(draw, depth) for _ in range(draw.choice([1, 1, 2]))]


def random_layer(draw, depth):
    kind = draw.choice([*LAYERS] * 3 + ["mine", *STRUCTURES, *KIND_ALIASES])
    if kind in STRUCTURES and depth:
        inner = [random_layers(draw, depth - 1) for _ in range(2)]
        return {
            "repeat": {"repeat": {**random_count(draw), "layers": inner[0]}},
            "residual": {
                "residual": {
                    "body": inner[0],
                    **({"shortcut": inner[1]} if draw.random() < 0.5 else {}),
                    **({"add": draw.choice(VALUES)} if draw.random() < 0.2 else {}),
                }
            },
            "branches": {"branches": {"paths": draw.choice([inner, dict(zip("ab", inner, strict=True))])}},
        }[kind]
    if kind == "mine":
        size = {"size": draw.choice(VALUES)}
        return draw.choice(["mine", {"mine": size}, "$kind", {"$kind": None}, {"$unit": size}])
    real = KIND_ALIASES.get(kind, kind)
    settings = random_settings(draw, real) if real in LAYERS else {}
    return draw.choice([kind, {kind: None}]) if not settings else {kind: settings}


def random_count(draw):
    """How many copies: so many, or one for each row of a table."""
    if draw.random() < 0.5:
        return {"times": draw.choice(VALUES)}
    column = [draw.choice(VALUES) for _ in range(draw.choice([0, 1, 2]))]
    return {"each": draw.choice([{"w": column}, {"w": column, "v": column}, "$table", {"w": "$list"}, 3])}


def random_spec(draw):
    form = draw.choice([("channels", "height", "width"), ("C", "H", "W"), ("channels", "L"), ("features",)])
    spec = {
        "input": {
            key: draw.choice([1, 3, 8, 9, 16, "$w", "$w", 32, 64, draw.choice(VALUES)]) for key in form
        },
        "variables": {
            "w": draw.choice([2, 4, 4, 4, [1, 2]]),
            "list": [4, 2],
            "table": {"w": [8, 4]},
            "kind": "relu",
            "unit": "mine",
        },
        "blocks": {"mine": {"settings": {"size": 3}, "layers": [{"relu": {"note": "$size"}}]}},
        "layers": random_layers(draw),
    }
    if draw.random() < 0.3:
        keys = draw.sample([*network_forms()], 2)
        spec["expect"] = {key: draw.choice([*BOUNDS, *STRUCTURED, *VALUES]) for key in keys}
    if draw.random() < 0.1:
        spec[draw.choice(TOP)] = draw.choice(VALUES)
    return spec


def without_unused(spec):
    """The spec without the variables and the block that nothing uses, which are errors."""
    if not isinstance(spec.get("variables"), dict) or not isinstance(spec.get("blocks"), dict):
        return spec
    said = json.dumps([spec.get(key) for key in ("input", "layers", "expect", "name")])
    variables = {key: value for key, value in spec["variables"].items() if f'"${key}"' in said}
    blocks = spec["blocks"] if '"mine"' in said or "unit" in variables else {}
    return {**spec, "variables": variables, "blocks": blocks}


def test_what_the_reader_accepts_the_schema_accepts():
    draw, accepted = random.Random(20), 0
    for _ in range(600):
        spec = without_unused(random_spec(draw))
        try:
            archcalc.loads(json.dumps(spec))
        except SpecError:
            continue
        accepted += 1
        assert not [error.message for error in VALIDATOR.iter_errors(spec)], json.dumps(spec)
    assert accepted > 40


@pytest.mark.parametrize("key", network_forms())
@pytest.mark.parametrize("first", thinned(range(4), 4))
def test_each_expectation_that_the_reader_accepts_the_schema_accepts(key, first):
    for value in [*BOUNDS, *STRUCTURED, *VALUES][first::4]:
        spec = {**expecting(**{key: value}), "variables": {"w": 2}, "name": "net $w"}
        try:
            archcalc.loads(json.dumps(spec))
        except SpecError:
            continue
        assert VALIDATOR.is_valid(spec), value


@pytest.mark.parametrize("kind", thinned(LAYERS, 4))
def test_each_setting_that_the_reader_accepts_the_schema_accepts(kind):
    own = settings_of(layer_class(kind))
    fitting = {"filters": 3, "kernel_size": 3, "units": 3, "padding": 1, "output_size": 3, "size": 3}
    needed = {name: fitting.get(name, 1) for name, field in own.items()}
    accepted = 0
    for word in (*own, *(alias for alias in SETTING_ALIASES if canonical(alias, own))):
        for value in VALUES:
            settings = {
                name: each
                for name, each in needed.items()
                if name in fitting and name != canonical(word, own)
            }
            spec = {**layers({kind: {**settings, word: value}}), "variables": {"w": 2}, "name": "net $w"}
            try:
                archcalc.loads(json.dumps(spec))
            except SpecError:
                continue
            accepted += 1
            assert VALIDATOR.is_valid(spec), (word, value)
    assert accepted or not own or kind in ("add", "multiply", "concat")
