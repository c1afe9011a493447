"""Repairs of networks with huge numbers cost little, whatever integers a spec names."""

import time

import pytest
from patience import PATIENCE
from sweeps import thinned

from archcalc.checks.repair import repairs
from archcalc.checks.repair.counts import divisors
from archcalc.checks.repair.sizes import _stride
from archcalc.checks.repair.windows import paddings_up_to
from archcalc.errors import SpecError
from archcalc.layers import LAYERS, layer_class
from archcalc.layers.settings import required_settings, settings_of
from archcalc.spec.load import parse_spec
from archcalc.window import Axis, TransposedAxis

GREATEST = 2**31 - 1
INPUTS = {
    "image": "{channels: 6, height: 12, width: 10}",
    "huge image": f"{{channels: {GREATEST}, height: {GREATEST}, width: {GREATEST}}}",
    "sequence": "{channels: 6, length: 12}",
    "vector": "{features: 12}",
}


def bounded(text):
    """The first repairs of a spec, if it is wrong, in bounded CPU time."""
    begin = time.process_time()
    try:
        parse_spec(text).analyze()
    except SpecError as error:
        repairs(error)
    assert time.process_time() - begin < PATIENCE, text


def integer_settings(kind):
    """The settings of a kind that take a huge integer, alone or for all axes."""
    for name, field in settings_of(layer_class(kind)).items():
        try:
            field.setting.read(GREATEST)
        except (ValueError, OverflowError):
            continue
        yield name


CASES = [(kind, name) for kind in LAYERS for name in integer_settings(kind)]


@pytest.mark.parametrize(("kind", "name"), CASES)
@pytest.mark.parametrize("where", thinned(INPUTS, 4))
def test_each_setting_may_be_huge(kind, name, where):
    own = dict.fromkeys(required_settings(layer_class(kind)), 3)
    for value in (GREATEST, GREATEST - 1, 2_000_001):
        entries = ", ".join(f"{key}: {size}" for key, size in {**own, name: value}.items())
        bounded(f"input: {INPUTS[where]}\nlayers:\n  - {kind}: {{{entries}}}\n")


@pytest.mark.parametrize(
    "layers",
    [
        "[depthwise: {kernel_size: 2000001, stride: 2, padding: same}]",
        f"[depthwise: {{kernel_size: {GREATEST}, stride: 2, padding: same}}]",
        "[avgpool: {kernel_size: 1500000001, padding: 800000000}]",
        "[maxpool: {name: p, kernel_size: 900000001, stride: 1}, add: {from: [p, input]}]",
        "[conv: {filters: 2147483640, kernel_size: 1, groups: 7}]",
        "[conv: {filters: 2147483640, kernel_size: 2000000001, stride: 2000000000, dilation: 2000000000}]",
    ],
)
@pytest.mark.parametrize("where", ["image", "huge image"])
def test_what_once_took_minutes(layers, where):
    items = layers[1:-1].split(", add")
    second = f", {{add{items[1]}}}" if len(items) > 1 else ""
    bounded(f"input: {INPUTS[where]}\nlayers: [{{{items[0]}}}{second}]\n")


def test_groups_of_a_vector_as_long_as_any_cost_little():
    layers = "[flatten, channel_shuffle: {groups: 30}]"
    bounded(f"input: {{channels: {2**30}, length: {2**28}}}\nlayers: {layers}")


def test_divisors_come_in_pairs():
    assert sorted(set(divisors(36))) == [1, 2, 3, 4, 6, 9, 12, 18, 36]
    assert set(divisors(7)) == {1, 7}


def test_paddings_begin_with_the_largest():
    assert paddings_up_to(3) == [3, 2, 1, 0]
    assert paddings_up_to(0) == [0]
    assert paddings_up_to(40) == [40, 39, 38, 37, 36, 35, 34, 33, 20, 10, 5, 2, 1, 0]
    assert len(paddings_up_to(GREATEST)) < 50


@pytest.mark.parametrize("ceil", [False, True])
def test_the_least_stride_is_that_of_an_exhaustive_search(ceil):
    for kernel in range(1, 8):
        for padding in range(kernel // 2 + 1):
            axis = Axis(kernel, 1, padding, padding, ceil=ceil)
            for size in range(max(1, kernel - 2 * padding), 24):
                for target in range(1, 24):
                    strides = range(1, (kernel if kernel > 1 else 16) + 1)
                    fits = (s for s in strides if axis._replace(stride=s).output_size(size) == target)
                    assert _stride(axis, size, target) == next(fits, None), (axis, size, target)


def test_the_least_stride_of_a_transposed_window_is_that_of_an_exhaustive_search():
    for kernel in range(1, 6):
        axis = TransposedAxis(kernel, 1, 0, 0, 1, 0)
        for size in range(1, 12):
            for target in range(1, 40):
                strides = range(1, (axis.extent if axis.extent > 1 else 16) + 1)
                fits = (s for s in strides if axis._replace(stride=s).output_size(size) == target)
                assert _stride(axis, size, target) == next(fits, None), (kernel, size, target)


def test_settings_that_can_be_huge_are_many():
    assert len(CASES) > 30
