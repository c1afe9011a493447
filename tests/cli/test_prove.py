"""`compare-fc --prove` on the command line."""

import json

import pytest

from archcalc.forward.kernels import KERNELS
from archcalc.report import FORMATS


@pytest.mark.parametrize("format_", FORMATS)
def test_lenet_is_proved_in_every_format(archcalc, format_):
    code, out, err = archcalc("compare-fc", "lenet5", "--prove", "-f", format_)
    assert (code, err) == (0, "")
    assert "C3" in out


@pytest.mark.parametrize("format_", FORMATS)
def test_a_proof_that_fails_exits_with_1(archcalc, format_, monkeypatch):
    kernel = KERNELS["conv"]
    monkeypatch.setitem(KERNELS, "conv", lambda layer, inputs, run: kernel(layer, inputs, run)[..., ::-1])
    code, out, err = archcalc("compare-fc", "lenet5", "--prove", "-f", format_)
    assert (code, err) == (1, "")
    assert "C1" in out


def test_a_layer_is_proved_on_as_much_as_is_allowed(archcalc):
    def size(most):
        arguments = ("compare-fc", "vgg16", "--layer", "conv1_2", "--prove", "--max-connections", most)
        (layer,) = json.loads(archcalc(*arguments, "-f", "json").out)["layers"]
        assert layer["unshared"]["weights"] <= most
        return layer["input_shape"]

    assert size(36_864) == [64, 1, 1]
    assert size(1_000_000) == [64, 5, 5]


def test_a_network_that_is_too_large_asks_for_a_layer(archcalc):
    code, out, err = archcalc("compare-fc", "vgg16", "--prove")
    assert (code, out) == (2, "")
    assert "choose one with --layer, or allow more with --max-connections" in err


def test_the_only_convolution_need_not_be_named(archcalc, spec):
    path = spec("input: {channels: 1, height: 9, width: 9}\nlayers: [conv: {filters: 1, kernel_size: 3}]\n")
    arguments = ("compare-fc", path, "--prove", "--max-connections", "36", "-f", "json")
    (layer,) = json.loads(archcalc(*arguments).out)["layers"]
    assert layer["input_shape"] == [1, 4, 4]


def test_another_input_is_proved(archcalc):
    document = json.loads(archcalc("compare-fc", "lenet5", "--prove", "--input", "36", "-f", "json").out)
    assert document["layers"][0]["input_shape"] == [1, 36, 36]


def test_a_limit_of_proofs_needs_a_proof(archcalc):
    code, out, err = archcalc("compare-fc", "lenet5", "--max-connections", "9")
    assert (code, out) == (2, "")
    assert "--max-connections is about proofs: add --prove" in err
