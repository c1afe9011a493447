"""The listing with its products worked out: each product is what the layer adds, and they add up."""

import re

import pytest
from sweeps import networks

from archcalc import analyze
from archcalc.analysis.quantities import totals
from archcalc.cli.app import exit_code
from archcalc.report.worked import FORMULAS, worked


def result(cell):
    """The number behind the last `=`."""
    return int(cell.rpartition("= ")[2].replace(",", "")) if cell else 0


@pytest.mark.parametrize("name", networks())
def test_the_results_add_up_to_the_totals(name):
    analysis = analyze(name, batch=3)
    table = worked(analysis).table
    sums = totals(analyze(name))
    for column, quantity in enumerate(FORMULAS, len(table.columns) - len(FORMULAS)):
        cells = [row[column] for row in table.rows]
        assert sum(map(result, cells)) == sums[quantity] == result(table.total[column])
        for cell in filter(None, cells):
            product, _, found = cell.rpartition(" = ")
            if re.fullmatch(r"[\d,·()+ ]+", product):
                assert eval(product.replace(",", "").replace("·", "*")) == result(found)


def test_it_reads_as_the_course_writes_it(capsys):
    assert exit_code(["summarize", "vgg16", "--worked"]) == 0
    lines = {line.split()[0]: line for line in capsys.readouterr().out.splitlines() if line}
    assert "224·224·64 = 3,211,264   (3·3·3)·64 = 1,728" in lines["conv1_1"]
    assert lines["relu1"].split() == ["relu1", "relu", "224×224×64"]
    assert lines["total"].endswith("15,470,264,320")


@pytest.mark.parametrize("options", [["--explain"], ["--depth", "1"]])
def test_it_is_one_line_a_layer(options, capsys):
    assert exit_code(["summarize", "vgg16", "--worked", *options]) == 2
    assert "--worked shows each layer in one line" in capsys.readouterr().err


def test_a_network_that_breaks_is_shown_up_to_there(tmp_path, capsys):
    (tmp_path / "net.yaml").write_text(
        "input: {channels: 1, height: 4, width: 4}\nlayers:\n  - conv: {filters: 2, kernel_size: 3}\n"
        "  - maxpool: {kernel_size: 9}\n"
    )
    assert exit_code(["summarize", str(tmp_path / "net.yaml"), "--worked"]) == 1
    assert "2·2·2 = 8" in capsys.readouterr().out
