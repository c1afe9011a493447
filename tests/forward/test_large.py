"""verify on networks that are too large or very deep: what it refuses, and what it keeps."""

import weakref

import numpy as np
import pytest

from archcalc.analysis.facts import analyze
from archcalc.errors import RequestError
from archcalc.forward import verify as module
from archcalc.forward.kernels import KERNELS
from archcalc.forward.run import Run
from archcalc.forward.verify import verify
from archcalc.spec.load import load
from archcalc.spec.zoo import zoo_names

GIANTS = [
    "fc: {name: giant, units: 2147483647}",
    "pad: {name: giant, padding: 100000}",
    "conv: {name: giant, filters: 1, kernel_size: 1, stride: 90000, padding: 90000}",
    "conv: {name: giant, filters: 2147483647, kernel_size: 1}",
    "conv_transpose: {name: giant, filters: 1, kernel_size: 2, dilation: 90000}",
    "adaptive_avgpool: {name: giant, output_size: 90000}",
]


@pytest.mark.parametrize("giant", GIANTS)
def test_a_layer_too_large_to_run_is_refused_at_once(analyzed, giant):
    analysis = analyzed(f"input: {{channels: 1, height: 1, width: 1}}\nlayers: [{giant}]")
    with pytest.raises(RequestError, match=r"^giant is too large to run: it takes [\d,.]+ GiB at once"):
        verify(analysis)


@pytest.mark.parametrize(
    "layer",
    [
        "interpolate: {size: [20000000, 1]}",
        "interpolate: {size: [1, 20000000], mode: bilinear}",
        "adaptive_avgpool: {output_size: [1, 20000000]}",
    ],
)
def test_millions_of_positions_take_few_steps(analyzed, layer):
    """An array for each would take minutes."""
    arrays = []

    class Counted(Run):
        def picked(self, x, axis, places):
            arrays.append(len(places))
            return super().picked(x, axis, places)

    analysis = analyzed(f"input: {{channels: 1, height: 1, width: 1}}\nlayers: [{layer}]")
    assert verify(analysis, make_run=Counted).agrees
    assert sum(arrays) >= 20_000_000
    assert len(arrays) < 1000


def test_an_input_too_large_to_run_is_refused_at_once(analyzed):
    analysis = analyzed("input: {channels: 3, height: 100000, width: 100000}\nlayers: [relu]")
    with pytest.raises(RequestError, match="the input is too large to run"):
        verify(analysis)


CHAIN = "[conv: {filters: 6, kernel_size: 3, padding: 1}, relu]"
LINEAR = "[conv: {filters: 6, kernel_size: 3, padding: 1, bias: false}]"
GROWING = "[residual: {body: [conv: {filters: 6, kernel_size: 3, padding: 1}, relu]}]"
REPEATED = """
input: {{channels: 6, height: 9, width: 7}}
layers: [repeat: {{times: {times}, layers: {layers}}}]
"""


@pytest.mark.parametrize("layers", [CHAIN, LINEAR, GROWING], ids=["chain", "linear", "residual"])
def test_deep_networks_stay_finite_and_alive(analyzed, outputs, layers):
    volumes = outputs(analyzed(REPEATED.format(times=200, layers=layers)))
    assert len(volumes) >= 200
    assert all(np.isfinite(volume).all() and volume.any() for volume in volumes)


@pytest.mark.slow
@pytest.mark.parametrize("layers", [CHAIN, LINEAR, GROWING], ids=["chain", "linear", "residual"])
def test_very_deep_networks_stay_finite(analyzed, layers):
    assert verify(analyzed(REPEATED.format(times=3000, layers=layers))).agrees


class Volume(np.ndarray):
    """An array that can be in a set."""

    __hash__ = object.__hash__


def test_volumes_are_freed_after_their_last_reader(analyzed, monkeypatch):
    alive, most = weakref.WeakSet(), []

    def relu(layer, inputs, run):
        output = np.maximum(inputs[0], 0).view(Volume)
        alive.add(output)
        most.append(len(alive))
        return output

    monkeypatch.setattr(module, "KERNELS", KERNELS | {"relu": relu})
    verify(analyzed(REPEATED.format(times=9, layers="[relu]")))
    assert max(most) == 2


def test_a_volume_stays_until_its_last_reader(analyzed):
    analysis = analyzed("""
        input: {channels: 3, height: 5, width: 7}
        layers:
          - relu: {name: early}
          - repeat: {times: 5, layers: [relu]}
          - add: {from: [early, relu5, input]}
    """)
    assert verify(analysis).agrees


@pytest.mark.slow
@pytest.mark.parametrize("name", zoo_names())
def test_agrees_with_every_built_in_network(name):
    assert verify(analyze(load(name))).agrees
