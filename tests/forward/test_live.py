"""What a run holds: volumes until their last reader, no more than was foretold, and nothing where refused."""

import numpy as np
import pytest
from sweeps import OF_THE_ZOO, thinned
from test_verify import SPECS, documented

from archcalc.analysis.facts import analyze
from archcalc.errors import RequestError
from archcalc.forward import live as memory
from archcalc.forward import verify as module
from archcalc.forward.abstract.meta import MetaRun
from archcalc.forward.kernels import KERNELS
from archcalc.forward.live import ALWAYS, Live, amounts, need, timeline
from archcalc.forward.run import MAX_MEMORY, Run
from archcalc.forward.verification import Peak
from archcalc.forward.verify import verify
from archcalc.layers import LAYERS
from archcalc.spec.load import load
from archcalc.spec.zoo import zoo_names

FAST = ["lenet5", "alexnet", "vgg16", "resnet50", "mobilenet_v2", "densenet121", "vit_b_16"]

CHAIN = """
input: {channels: 2, height: 8, width: 8}
layers:
  - conv: {name: wide, filters: 16, kernel_size: 3, padding: 1}
  - relu: {name: over}
  - flatten
  - dropout
  - add: {name: kept, from: [dropout1, flatten1]}
  - fc: {units: 3}
"""


def foretold(analysis):
    return need(analysis, timeline(analysis), MAX_MEMORY)


def test_memory_of_which_several_are_views_counts_once():
    live, whole = Live(), np.zeros(100, np.float32)
    live.put(0, whole)
    assert live.is_alone(0)
    live.put(1, whole.reshape(10, 10), "view")
    assert live.bytes == 400
    assert not live.is_alone(0)
    live.put(2, np.zeros(5, np.float32), "other")
    live.free(0)
    assert live.is_alone(1)
    live.free(1)
    assert (live.bytes, live.peak) == (20, Peak(420, "other"))


def test_layers_that_share_memory_are_counted_once(analyzed):
    verification = verify(analyzed(CHAIN))
    wide = 16 * 64 * 4
    assert verification.live == verification.expected_live == Peak(2 * wide, "kept")


@pytest.mark.parametrize("make_run", [Run, MetaRun])
@pytest.mark.parametrize("kind", LAYERS)
def test_as_much_is_alive_as_predicted_in_the_example_of_each_kind(kind, analyzed, make_run):
    verification = verify(analyzed(documented(kind)), make_run=make_run)
    assert verification.live == verification.expected_live
    assert verification.live.bytes > 0


def copying(kernel):
    """A kernel that never writes over its input."""
    return lambda layer, inputs, run: kernel(layer, [x.copy() for x in inputs], run)


def test_a_copy_that_was_not_predicted_is_noticed(analyzed, monkeypatch):
    monkeypatch.setattr(module, "KERNELS", KERNELS | {"relu": copying(KERNELS["relu"])})
    verification = verify(analyzed("""
        input: {channels: 2, height: 8, width: 8}
        layers: [conv: {name: wide, filters: 16, kernel_size: 3, padding: 1}, relu: {name: over}]
    """))  # fmt: skip
    assert verification.disagreements == ()
    assert not verification.agrees
    expected = "peak of live bytes: predicted 4,608 at wide, actual 8,192 at over"
    assert verification.live_difference() == expected


def test_a_wrong_layer_explains_wrong_memory(analyzed, monkeypatch):
    monkeypatch.setattr(module, "KERNELS", KERNELS | {"relu": lambda *given: given[1][0][:1].copy()})
    verification = verify(analyzed("input: {features: 6}\nlayers: [relu, relu]"))
    assert verification.disagreements
    assert verification.live_difference() == ""


def held_and_foretold(analysis):
    """The bytes that Python counted while a network ran, and those foretold.

    Other threads of the process, such as those of pytest, may allocate meanwhile, so that the least of two
    runs counts.
    """
    verifications = [verify(analysis, profile=True) for _ in range(2)]
    assert all(verification.agrees for verification in verifications)
    peaks = [max(check.bytes for check in verification.checks) for verification in verifications]
    return min(peaks), foretold(analysis).bytes


@pytest.mark.parametrize("name", thinned(FAST, 3))
def test_no_more_is_held_than_foretold_and_not_much_less(name, built_in):
    held, bound = held_and_foretold(built_in(name))
    assert held <= bound <= 1.5 * held + ALWAYS


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(OF_THE_ZOO - set(FAST)))
def test_no_more_is_held_than_foretold_in_the_zoo(name, built_in):
    held, bound = held_and_foretold(built_in(name))
    assert held <= bound <= 1.5 * held + ALWAYS


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
def test_no_more_is_held_than_foretold_in_small_networks(spec, analyzed):
    held, bound = held_and_foretold(analyzed(spec))
    assert held <= bound <= 1.5 * held + ALWAYS


@pytest.mark.parametrize(
    "layer",
    thinned(
        [
            "conv: {filters: 64, kernel_size: 7, padding: 3}",
            "conv: {filters: 64, kernel_size: 3, padding: 9, padding_mode: reflect}",
            "conv_transpose: {filters: 64, kernel_size: 5, stride: 2, padding: 2}",
            "depthwise: {kernel_size: 5, multiplier: 4}",
            "maxpool: {kernel_size: 3, stride: 1, padding: 1}",
            "avgpool: {kernel_size: 5, ceil_mode: true}",
            "lrn",
            "batchnorm: {track_running_stats: false}",
            "layernorm",
            "gelu",
            "softmax",
            "pad: {padding: 40}",
            "adaptive_avgpool: {output_size: 300}",
            "adaptive_avgpool: {output_size: 12}",
            "interpolate: {scale_factor: 1.7}",
            "interpolate: {scale_factor: 1.7, mode: bilinear}",
        ],
        4,
    ),
)
def test_no_more_is_held_than_foretold_in_one_large_layer(layer, analyzed):
    held, bound = held_and_foretold(
        analyzed(f"input: {{channels: 24, height: 211, width: 197}}\nlayers: [{layer}, identity]")
    )
    assert held <= bound <= 1.5 * held + ALWAYS


def test_the_foretold_bytes_are_enough_and_one_less_is_refused():
    analysis = analyze(load("lenet5"))
    enough = foretold(analysis)
    assert verify(analysis, max_memory=enough.bytes).agrees
    with pytest.raises(RequestError, match=f"^{enough.layer} is too large to run"):
        verify(analysis, max_memory=enough.bytes - 1)


def test_nothing_runs_where_it_is_refused(analyzed, monkeypatch):
    monkeypatch.setattr(module, "KERNELS", {})
    analysis = analyzed("""
        input: {channels: 3, height: 400, width: 400}
        layers: [relu, conv: {name: big, filters: 2048, kernel_size: 1}]
    """)  # fmt: skip
    with pytest.raises(RequestError) as refused:
        verify(analysis, max_memory=2**30)
    assert str(refused.value).startswith(
        "big is too large to run: it takes 1.22 GiB at once, more than the 1.00"
    )
    assert "--max-memory" in str(refused.value)
    assert "--shapes-only" in str(refused.value)


def test_what_takes_no_memory_is_not_refused(analyzed):
    analysis = analyzed("input: {channels: 3, height: 90000, width: 90000}\nlayers: [relu]")
    assert verify(analysis, make_run=MetaRun).agrees


def test_alike_layers_are_rehearsed_once(analyzed, monkeypatch):
    rehearsed = []
    monkeypatch.setattr(memory, "KERNELS", {"relu": lambda *_: rehearsed.append(1) or Live})
    monkeypatch.setattr(memory.Rehearsal, "checked", lambda *_: None)
    analysis = analyzed("input: {features: 6}\nlayers: [repeat: {times: 50, layers: [relu]}]")
    assert foretold(analysis).bytes == 24 + ALWAYS
    assert len(rehearsed) == 1


@pytest.mark.parametrize(
    ("needed", "limit", "texts"),
    [
        (2**33, 2**32, ("8.00 GiB", "4.00 GiB")),
        (2**32 + 2**21, 2**32, ("4,098.00 MiB", "4,096.00 MiB")),
        (12 * 2**20, 10 * 2**20, ("12.00 MiB", "10.00 MiB")),
        (2**40, 1500, ("1,073,741,824.00 KiB", "1.46 KiB")),
        (2**20 + 1, 2**20, ("1,048,577 bytes", "1,048,576 bytes")),
        (1000, 999, ("1,000 bytes", "999 bytes")),
    ],
)
def test_what_is_needed_differs_from_what_is_allowed(needed, limit, texts):
    assert amounts(needed, limit) == texts


MANY_STEPS = [
    ("{channels: 99999, height: 1, width: 1}", "lrn: {size: 99999}"),
    (
        "{channels: 1, height: 21, width: 21}",
        "repeat: {times: 200, layers: [conv_transpose: {filters: 1, kernel_size: 21, padding: 10}]}",
    ),
    ("{channels: 9000, height: 1, width: 1}", "repeat: {times: 9000, layers: [lrn: {size: 9}]}"),
]


@pytest.mark.parametrize(("input_", "layer"), thinned(MANY_STEPS, 3))
def test_many_steps_are_refused_before_any_is_taken(input_, layer, analyzed, monkeypatch):
    analysis = analyzed(f"input: {input_}\nlayers: [{layer}]")
    assert verify(analysis, make_run=MetaRun).agrees
    monkeypatch.setattr(module, "KERNELS", {})
    with pytest.raises(
        RequestError, match=r"too slow to run: .* steps one after the other, more than 65,536"
    ):
        verify(analysis)


@pytest.mark.slow
def test_the_zoo_takes_few_steps(built_in, monkeypatch):
    monkeypatch.setattr(memory, "STEPS", memory.STEPS // 8)
    for name in zoo_names():
        assert foretold(built_in(name)).bytes


def test_a_profile_says_how_long_and_how_much(analyzed):
    analysis = analyzed(SPECS["residual"])
    plain, profiled = verify(analysis), verify(analysis, profile=True)
    assert all(check.seconds > 0 and check.bytes > 0 for check in profiled.checks)
    assert tuple(check._replace(seconds=0.0, bytes=0) for check in profiled.checks) == plain.checks
