"""Attention: each position of a sequence reads all others."""

from __future__ import annotations

from collections.abc import Iterator

from archcalc.errors import ShapeError
from archcalc.layers.base import (
    SAVES_INPUT,
    Formula,
    Layer,
    NamedShapes,
    Reach,
    SavedTensor,
    SequenceShape,
    Shape,
    Shapes,
    product_formula,
)
from archcalc.layers.settings import FLAG, POSITIVE, layer_kind, optional, setting
from archcalc.layers.tokens import sequence, sequence_values


@layer_kind
class Attention(Layer):
    """Multi-head self-attention: each position of a sequence becomes a weighted mean of all of them.

    Queries, keys and values are three projections of the input, stacked in in_proj. Each head takes its
    share of the features: softmax(Q·Kᵀ/√d)·V with d = N/heads. The heads, side by side, are projected
    once more, by out_proj. `key_dim` is checked against d.

    output: outputs = L1·N, for L1 positions with N features
    weights: 4·N·N, 3·N·N of them in in_proj
    biases: 4·N
    MACs: L1·4·N·N for the projections, and 2·L1·L1·N for Q·Kᵀ and its product with V, over all heads
    backward: saves its input, the projections, the heads' output, and a statistic for each head and position;
    without a fused kernel L1·L1 weights for each head, and scaled queries and keys, instead of the statistics
    source: Vaswani et al. 2017, arXiv:1706.03762, section 3.2; PyTorch MultiheadAttention

    example:
      input: {channels: 768, height: 14, width: 14}
      layers:
        - tokens
        - attention: {heads: 12}
    """

    mixes_positions = True

    heads: int = setting(POSITIVE)
    bias: bool = setting(FLAG, default=True)
    key_dim: int | None = setting(optional(POSITIVE), default=None)

    def output_shape(self, inputs: Shapes) -> Shape:
        positions, features = sequence(inputs)
        if self.key_dim is not None and self.heads * self.key_dim != features:
            raise ShapeError(
                f"declares a key_dim of {self.key_dim} in each of {self.heads} heads, which is "
                f"{self.heads * self.key_dim} together, but its input has {features} features",
                hint="heads share the features here; in Keras each has key_dim, whatever the input has",
            )
        if rest := features % self.heads:
            below, above = features - rest, features - rest + self.heads
            raise ShapeError(
                f"{self.heads} heads need a number of features that they divide, got {features}",
                hint=f"{f'{below} or ' if below else ''}{above} would fit",
            )
        return SequenceShape((positions, features))

    def parameter_shapes(self, inputs: Shapes) -> NamedShapes:
        _, features = sequence(inputs)
        weights: NamedShapes = {
            "in_proj_weight": (3 * features, features),
            "out_proj.weight": (features, features),
        }
        biases: NamedShapes = {"in_proj_bias": (3 * features,), "out_proj.bias": (features,)}
        return weights | biases if self.bias else weights

    def macs(self, inputs: Shapes) -> int:
        positions, features = sequence(inputs)
        return 4 * positions * features**2 + 2 * positions**2 * features

    def saved(self, inputs: Shapes) -> tuple[SavedTensor, ...]:
        positions, features = sequence(inputs)
        return (
            *SAVES_INPUT,
            SavedTensor("its queries, keys and values", None, (positions, 3 * features)),
            SavedTensor("the output of its heads", None, (positions, features)),
            SavedTensor(
                "the logarithm of each softmax's sum",
                None,
                (self.heads, positions),
                "statistic",
                kernel="fused",
            ),
            SavedTensor("scaled queries and keys", None, (2, positions, features), kernel="unfused"),
            SavedTensor("its softmax", None, (self.heads, positions, positions), kernel="unfused"),
        )

    def inside(self, inputs: Shapes) -> int:
        """Queries, keys and values, and for each head the products of queries and keys and their softmax."""
        positions, features = sequence(inputs)
        return 3 * positions * features + 2 * self.heads * positions**2

    def reach(self, inputs: Shapes) -> Reach:
        return "everything"

    def formulas(self, inputs: Shapes) -> Iterator[Formula]:
        values = sequence_values(inputs)
        features = {"N": values["N"]}
        yield product_formula("outputs", values)
        yield Formula("weights", "4·N·N", features, 4 * values["N"] ** 2)
        if self.bias:
            yield Formula("biases", "4·N", features, 4 * values["N"])
        else:
            yield product_formula("biases", {})
        yield Formula("MACs", "L1·4·N·N + 2·L1·L1·N", values, self.macs(inputs))
