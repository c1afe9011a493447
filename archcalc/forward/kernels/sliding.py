"""Windows slid over real arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from numpy.lib.stride_tricks import sliding_window_view

from archcalc.forward.kernels.padding import spatial_sizes

if TYPE_CHECKING:
    from archcalc.forward.run import Array
    from archcalc.layers import Shape


def slid(x: Array, kernel: Shape, stride: Shape, dilation: Shape) -> Array:
    """Every window over the spatial axes, as a view: channels × positions × taps."""
    axes = tuple(range(1, x.ndim))
    spans = tuple(range(0, taps * step, step)[-1] + 1 for taps, step in zip(kernel, dilation, strict=True))
    for size, span in zip(spatial_sizes(x), spans, strict=True):
        if span > size:
            raise ValueError(f"a window of {span} over {size} positions")
    windows = sliding_window_view(x, spans, axis=axes)
    steps = (slice(None), *(slice(None, None, step) for step in (*stride, *dilation)))
    return windows[steps]
