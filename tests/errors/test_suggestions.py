"""Which known word is meant by an unknown one."""

import time

import pytest
from patience import PATIENCE

from archcalc.layers import LAYERS
from archcalc.suggestions import CANDIDATE_LIMIT, nearest, suggestion

KNOWN = (
    "filters",
    "kernel_size",
    "stride",
    "padding",
    "dilation",
    "groups",
    "bias",
    "avgpool",
    "maxpool",
    "fc",
    "K",
)


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        *(("filter", "filters"), ("fliters", "filters"), ("Filters", "filters"), ("FILTERS", "filters")),
        *(("kernelsize", "kernel_size"), ("kernel-size", "kernel_size"), ("kernal_szie", "kernel_size")),
        *(
            ("num_filters", "filters"),
            ("averagepool", "avgpool"),
            ("max_pooling", "maxpool"),
            ("pool", "avgpool"),
        ),
        *(("fd", "fc"), ("k", "K"), ("bais", "bias"), ("strid", "stride"), ("paddings", "padding")),
        *(("activation", None), ("x", None), ("", None), ("momentum", None), ("units", None), ("gc", "fc")),
        *(("filters" * 20, None), ("\x1b[31m", None), ("ss", None)),
    ],
)
def test_the_nearest_word(word, meant):
    assert nearest(word, KNOWN) == meant


def test_of_equally_near_words_the_first_is_meant():
    assert nearest("conv3d", ["conv1d", "conv2d"]) == "conv1d"
    assert nearest("relu", ["ReLU", "relu"]) == "ReLU"


def test_a_suggestion_is_quoted_and_escaped():
    assert suggestion("reluu", ["relu"]) == "did you mean 'relu'?"
    assert suggestion("a\n\nb", ["a\n\n\nb"]) == r"did you mean 'a\n\n\nb'?"
    assert suggestion("lstm", ["relu"]) is None


def test_only_so_many_words_are_looked_at():
    assert nearest("abcd", ["zzzz"] * CANDIDATE_LIMIT + ["abcd"]) is None


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        *(("rleu", "relu"), ("reluu", "relu"), ("rel", "relu"), ("lrm", "lrn"), ("cnov", "conv")),
        *(("leaky", "leaky_relu"), ("embedding", "position_embedding"), ("avxpool", "avgpool")),
        *(("atd", "add"), ("max_pol", "maxpool"), ("sofmtax", "softmax"), ("lstm", None), ("squeeze", None)),
    ],
)
def test_the_nearest_kind(word, meant):
    assert nearest(word, LAYERS) == meant


def test_a_typing_error_in_a_kind_is_understood():
    """A letter added, left out or swapped with its neighbour: for at least 98 of 100, the kind is found."""
    typed = [(kind, text) for kind in LAYERS for text in _mistyped(kind) if text not in LAYERS]
    found = [(nearest(text, LAYERS), kind) for kind, text in typed]
    assert None not in [near for near, kind in found if len(kind) > 2]
    assert sum(near == kind for near, kind in found) >= 0.98 * len(found)


def _mistyped(word):
    for at in range(len(word)):
        yield word[:at] + "x" + word[at:]
        yield word[:at] + word[at + 1 :]
        yield word[:at] + word[at : at + 2][::-1] + word[at + 2 :]


@pytest.mark.parametrize("known", ["b" * 20 + "a" * 60, "ab" * 40, "ab" * 13 + "ba" * 20 + "aab" * 10])
@pytest.mark.parametrize("word", ["ab" * 30, "a" * 60, "a" * 100_000])
def test_endless_words_take_no_time(word, known):
    begin = time.process_time()
    nearest(word, [known] * 10_000)
    assert time.process_time() - begin < PATIENCE
