"""What each command writes, written from the Python API alone; and how it is called wrongly."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import archcalc as api
from archcalc.cli.app import exit_code

NETWORKS = ("lenet5", "resnet18", "mobilenet_v1_0_25_96")
LAYERS = {"lenet5": "C1", "resnet18": "conv1", "mobilenet_v1_0_25_96": "conv1"}

COMMANDS = {
    "summarize {net}": lambda net: api.summarize(net),
    "summarize {net} --batch 3 --dtype int8": lambda net: api.summarize(net, batch=3, dtype="int8"),
    "memory {net} --schedule best": lambda net: api.memory(net, schedule="best"),
    "memory {net} --fits flash=9MiB,sram=9MiB": lambda net: api.memory(net, flash="9MiB", sram=9 * 2**20),
    "memory {net} --train sgd --device cpu": lambda net: api.memory(
        net, train="sgd", training_options={"device": "cpu"}
    ),
    "fit {net} --memory 1GiB": lambda net: api.fit(net, memory=2**30),
    "fit {net} --memory 1GiB --train adam": lambda net: api.fit(net, memory="1GiB", train="adam"),
    "fit {net} --fits sram=16MiB,flash=1GiB": lambda net: api.fit(net, sram="16MiB", flash="1GiB"),
    "compare-fc {net}": lambda net: api.compare_fc(net),
    "compare-fc {net} --layer {layer}": lambda net: api.compare_fc(net, LAYERS[net]),
    "explain {net}": lambda net: api.explain(net),
    "explain {net} {layer}": lambda net: api.explain(net, LAYERS[net]),
    "explain dropped-pixels": lambda _: api.explain("dropped-pixels"),
    "diff {net} {net}": lambda net: api.diff(net, net),
    "diff lenet5 {net}": lambda net: api.diff("lenet5", net),
    "reconcile {net}": lambda net: api.reconcile(net),
    "reconcile {net} --with torchinfo": lambda net: api.reconcile(net, tool="torchinfo"),
    "reconcile {net} 61706": lambda net: api.reconcile(net, "61706"),
    "zoo {net}": lambda net: api.zoo(*[name for name in api_names() if net in name]),
    "verify {net} --shapes-only": lambda net: api.verify(api.analyze(net), shapes_only=True),
}


def api_names():
    return [row["name"] for row in api.zoo().to_dicts()]


def written(result, format_):
    return api.render(result, format_)


@pytest.mark.parametrize("net", NETWORKS)
@pytest.mark.parametrize("command", COMMANDS)
def test_the_api_writes_what_the_command_writes(capsys, command, net):
    result = COMMANDS[command](net)
    for format_ in ("text", "json", "csv", "markdown"):
        code = exit_code([*command.format(net=net, layer=LAYERS[net]).split(), "-f", format_])
        assert written(result, format_) == capsys.readouterr().out
        assert code == (0 if getattr(result, "ok", True) else 1)


@pytest.mark.parametrize("net", NETWORKS)
def test_what_is_no_report_is_written_too(capsys, net):
    for command, text in (
        (["show", net], api.show(net)),
        (["show", net, "--flat"], api.show(net, flat=True)),
        (["lock", net, "-o", "-"], api.lock(net)),
        (["schema"], json.dumps(api.schema(), indent=2) + "\n"),
    ):
        assert exit_code(command) == 0
        assert capsys.readouterr().out == text
    assert api.check_lock(net, api.lock(net)) == ()
    assert api.check_lock(net, api.lock("vgg11"))


@pytest.mark.parametrize("format_", ["text", "json", "github", "sarif", "junit", "gitlab", "markdown"])
def test_a_check_is_that_of_the_command(capsys, format_):
    found = api.check(*NETWORKS, expect=["parameters < 100k"], advice=True)
    options = ["--expect", "parameters < 100k", "--advice", "--no-config", "-v", "-f", format_]
    assert exit_code(["check", *NETWORKS, *options]) == 1
    assert capsys.readouterr().out == found.render(format_)
    assert not found.ok
    assert [problem.code for problem in found.problems].count("expectation") == 2


def test_variables_inputs_and_limits(capsys):
    wanted = {"variables": {"classes": 10}, "input": 160, "batch": 2}
    exit_code(["summarize", "resnet18", "--set", "classes=10", "--input", "160", "--batch", "2"])
    assert api.summarize("resnet18", **wanted).render() == capsys.readouterr().out
    analysis = api.analyze("resnet18", **wanted)
    assert analysis.network.input_shape == (3, 160, 160)
    assert api.analyze("resnet18", input=(3, 160, 96)).network.input_shape == (3, 160, 96)
    grown = api.diff("resnet18", "resnet18", variables={"classes": 1001}, fail_on=["parameters > 0"])
    assert not grown.ok
    assert "parameters" in grown.problems[0].message


SPEC = {"input": {"features": 4}, "layers": [{"fc": {"units": 2}}, "relu"], "expect": {"parameters": 11}}


def test_a_spec_is_a_mapping_too():
    analysis = api.analyze(SPEC)
    assert analysis.totals["parameters"] == 10
    assert api.load(SPEC).name == "<mapping>"
    report = api.summarize(SPEC)
    assert [str(problem.span) for problem in report.problems] == ["<mapping>:14:5"]
    assert not report.ok
    with pytest.raises(api.SpecError, match="unknown-kind"):
        api.load({**SPEC, "layers": ["fcc"]})


def test_rows_and_dicts():
    analysis = api.analyze("lenet5", batch=2)
    rows = analysis.to_dicts()
    assert [row["name"] for row in rows] == [facts.node.name for facts in analysis.facts]
    assert sum(row["parameters"] for row in rows) == analysis.totals["parameters"] == 61_706
    assert analysis.to_dict() == json.loads(api.render(analysis, "json"))
    rows[0]["name"] = "other"
    assert analysis.layers[0]["name"] != "other"
    assert api.compare_fc("lenet5").to_dicts()[0].keys() >= {"name", "shared_parameters"}


def test_short_words_for_prompts():
    assert repr(api.analyze("lenet5")) == (
        "<Analysis of 'LeNet-5, every map of C3 connected, 32×32': 12 layers, 61,706 parameters, "
        "416,520 MACs, batch 1, float32>"
    )
    assert repr(api.memory(SPEC)) == "<Report: '<mapping>': at most 24 B live, while fc1 runs>"
    assert repr(api.check("lenet5", "vgg11")) == "<CheckReport: 2 specs: 2 ok>"
    assert str(api.zoo("lenet5")) == api.zoo("lenet5").render().rstrip("\n")


def test_notebooks_show_one_table_in_which_nothing_of_a_spec_is_markup():
    hostile = {**SPEC, "name": "<script>alert(1)</script>", "source": "<b>x</b>"}
    for shown in (api.analyze(hostile), api.summarize(hostile), api.memory(hostile)):
        text = shown._repr_html_()
        assert text.count("<table>") == 1
        assert "<script" not in text
        assert "&lt;script&gt;" in text
    assert '<td style="text-align: right">10</td>' in api.analyze(SPEC)._repr_html_()


def test_what_is_public_is_listed():
    assert {"memory", "fit", "check", "AnalyzedNetwork"} <= set(dir(api))


WRONG = {
    "a number is no network": (lambda: api.load(3), TypeError, "given as a path, the name of a built-in"),
    "sets are no YAML": (lambda: api.load({"input": {1, 2}}), TypeError, "a mapping holds what YAML holds"),
    "no such format": (lambda: api.render(api.analyze(SPEC), "html"), api.RequestError, "known are text"),
    "a format that is misspelt": (lambda: api.memory(SPEC).render("jsn"), api.RequestError, "'json'"),
    "no such units": (lambda: api.memory(SPEC).render(units="KB"), api.RequestError, "no units is called"),
    "what is rendered": (lambda: api.render(3), TypeError, "is rendered, not int"),
    "no such layer": (lambda: api.explain("lenet5", "conv9"), api.RequestError, "no layer is called 'conv9'"),
    "no such tool": (lambda: api.reconcile("lenet5", tool="torch"), api.RequestError, "no tool is known as"),
    "no size": (lambda: api.memory(SPEC, sram="64KB"), api.RequestError, "write kB for 1,000"),
    "no memory": (lambda: api.fit(SPEC), api.RequestError, "say what there is"),
    "an input of another rank": (lambda: api.analyze(SPEC, input=(3, 4)), api.RequestError, "1 sizes"),
    "an input of nothing": (lambda: api.analyze(SPEC, input=0), api.RequestError, "an input is a size"),
    "a variable that is none": (
        lambda: api.analyze("resnet18", variables={"clases": 3}), api.SpecError, "classes",
    ),
    "a variable of another type": (
        lambda: api.analyze("resnet18", variables={"classes": 1.5}), TypeError, "not to float",
    ),
    "a network has no variables": (
        lambda: api.analyze(api.load(SPEC), variables={"x": 1}), api.RequestError, "give its spec",
    ),
    "an analysis is what it is": (
        lambda: api.memory(api.analyze(SPEC), dtype="int8"), api.RequestError, "analyze its network anew",
    ),
    "no such built-in network": (lambda: api.zoo("lenet"), api.RequestError, "no built-in network"),
    "an unknown option of training": (
        lambda: api.memory(SPEC, train="sgd", training_options={"devic": "cpu"}), api.RequestError, "device",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_wrong_arguments_say_what_was_needed(case):
    call, error, said = WRONG[case]
    with pytest.raises(error, match=said):
        call()


@pytest.mark.slow
def test_a_program_that_uses_it_is_typed(tmp_path):
    (tmp_path / "program.py").write_text(
        "import archcalc\n"
        "analysis = archcalc.analyze('lenet5', batch=2)\n"
        "total: int = analysis.totals['macs']\n"
        "text: str = archcalc.memory(analysis, sram='64KiB').render('markdown')\n"
        "rows: list[dict[str, object]] = archcalc.compare_fc('alexnet', 'conv1').to_dicts()\n"
        "ok: bool = archcalc.check('lenet5', expect=['depth: 5']).ok\n",
        encoding="utf-8",
    )
    root = Path(api.__file__).parent.parent
    command = [sys.executable, "-m", "mypy", "--strict", str(tmp_path / "program.py")]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout
