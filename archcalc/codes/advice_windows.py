"""Codes of advice on windows and padding: what is legal but probably not meant."""

from __future__ import annotations

from archcalc.codes.declaration import Declaration

DECLARED = (
    Declaration(
        "dropped-pixels",
        what="Rows or columns at the end of a volume that no window reaches.",
        why="the network is blind to an edge of its input, or computes features that nobody uses; and a "
        "course calls such a size a mistake",
        mend="take an input size of which nothing is left over, more padding, or `ceil_mode` of a pooling; "
        "the hint names the nearest",
        example="""
            input: {channels: 3, height: 224, width: 224}
            layers:
              - conv: {filters: 96, kernel_size: 11, stride: 4}
            """,
        mended="""
            input: {channels: 3, height: 227, width: 227}
            layers:
              - conv: {filters: 96, kernel_size: 11, stride: 4}
            """,
        detail="W2 = ⌊(W1 − F + 2·P)/S⌋ + 1 rounds down where S does not divide W1 − F + 2·P: the "
        "remainder is left over at the right and the bottom. What is padding of it costs nothing, and is "
        "not spoken of; nor are lines that another layer sees.",
        source="CS231n notes, Convolutional Networks, section Spatial arrangement (use of zero-padding, "
        "constraints on strides); Dumoulin & Visin 2016, arXiv:1603.07285, section 2.4",
    ),
    Declaration(
        "skipped-pixels",
        what="Rows or columns between windows that step over them.",
        why="values are computed, and then thrown away unseen: 3 of 4 where a 1×1 convolution has stride 2",
        mend="stride with a kernel at least as wide as the stride, or pool",
        example="""
            input: {channels: 3, height: 32, width: 32}
            layers:
              - conv: {filters: 8, kernel_size: 3, padding: 1}
              - conv: {filters: 16, kernel_size: 1, stride: 2}
            """,
        mended="""
            input: {channels: 3, height: 32, width: 32}
            layers:
              - conv: {filters: 8, kernel_size: 3, padding: 1}
              - conv: {filters: 16, kernel_size: 3, stride: 2, padding: 1}
            """,
        detail="A kernel narrower than its stride leaves gaps, and so does a dilated one whose dilation and "
        "stride share a factor. Only what every reader of a volume steps over is spoken of: a strided 1×1 "
        "shortcut beside a strided 3×3 convolution loses nothing. Pointwise layers and shifts (`pad`) are "
        "looked through to the volume behind them.",
        source="He et al. 2018, Bag of Tricks, arXiv:1812.01187, section 4.2 (ResNet-B moves the stride to "
        "the 3×3 convolution for that reason, as torchvision's ResNet v1.5 does)",
    ),
    Declaration(
        "lopsided-padding",
        what="Even kernels, whose padding cannot be the same on both sides and keep the size.",
        why="an even kernel has no middle, so its output lies half a pixel off its input; over layers that "
        "adds up, and features move to a corner",
        mend="take the next smaller or larger kernel; or write the padding of each side, if it is meant",
        example="""
            input: {channels: 3, height: 32, width: 32}
            layers:
              - conv: {filters: 8, kernel_size: 4, padding: same}
            """,
        mended="""
            input: {channels: 3, height: 32, width: 32}
            layers:
              - conv: {filters: 8, kernel_size: 5, padding: same}
              - conv: {filters: 8, kernel_size: 4, stride: 2, padding: 1}
            """,
        detail="With stride 1 a kernel of 4 needs 3 positions of padding. The same on both sides makes the "
        "volume one smaller or larger; `same` puts the odd one on one side. Sides that a spec gives in "
        "numbers are taken to be meant, as in a causal convolution; so is no padding at all.",
        source="Wu et al. 2019, Convolution with even-sized kernels and symmetric padding, arXiv:1903.08385",
    ),
    Declaration(
        "dead-padding",
        what="Padding so large that whole windows of a convolution, or whole taps of its kernel, see nothing "
        "else.",
        why="memory and multiplications are spent on zeros, weights that no gradient ever reaches are stored",
        mend="pad less, or take the smaller kernel that the hint names, which sees as much",
        example="""
            input: {channels: 3, height: 32, width: 32}
            layers:
              - conv: {filters: 8, kernel_size: 1, padding: 1}
            """,
        mended="""
            input: {channels: 3, height: 32, width: 32}
            layers:
              - conv: {filters: 8, kernel_size: 3, padding: 2}
            """,
        detail="A window lies in the padding where there is as much padding as the window is wide: a 1×1 "
        "convolution with padding 1 frames its output with its biases. A tap never meets a value where "
        "the kernel is wide and the volume small: it can learn nothing. For volumes of 1×1 there is an "
        "advice of its own.",
        source="Chen et al. 2017, DeepLabv3, arXiv:1706.05587, section 3.3 and figure 4 (3×3 filters with "
        "large dilations degenerate to 1×1)",
    ),
    Declaration(
        "early-1x1",
        what="A volume of 1×1 that is reached too early: layers with windows still follow.",
        why="a network made for 224×224 that is given 32×32 runs without complaint, and holds millions of "
        "weights that never see a value",
        mend="use a larger input, or fewer strides and poolings in front of the layer",
        example="""
            input: {channels: 3, height: 4, width: 4}
            layers:
              - maxpool: {kernel_size: 4}
              - conv: {filters: 8, kernel_size: 3, padding: 1}
            """,
        mended="""
            input: {channels: 3, height: 4, width: 4}
            layers:
              - maxpool: {kernel_size: 4}
              - conv: {filters: 8, kernel_size: 1}
            """,
        detail="On a volume of 1×1 a padded 3×3 convolution is a 1×1 convolution: 8 of its 9 taps meet only "
        "padding. An adaptive pooling to 6×6 makes 36 copies of each value. The first such layer is "
        "named, with the layer that shrank the volume; the others are counted.",
        source="CS231n notes, Convolutional Networks, section Layer Sizing Patterns",
    ),
    Declaration(
        "field-exceeds-input",
        what="Convolutions that read values which already see more than the whole input.",
        why="a kernel wider than 1 is there to relate neighbouring values; where each already saw "
        "everything, it finds no new context, and such layers were seen to add nothing to a classifier's "
        "accuracy",
        mend="use a larger input, or fewer layers and strides in front of the layer",
        example="""
            input: {channels: 3, height: 16, width: 16}
            layers:
              - maxpool: {kernel_size: 3, stride: 2, padding: 1}
              - maxpool: {kernel_size: 3, stride: 2, padding: 1}
              - maxpool: {kernel_size: 3, stride: 2, padding: 1}
              - conv: {filters: 8, kernel_size: 3, padding: 1}
              - conv: {filters: 8, kernel_size: 3, padding: 1}
            """,
        mended="""
            input: {channels: 3, height: 32, width: 32}
            layers:
              - maxpool: {kernel_size: 3, stride: 2, padding: 1}
              - maxpool: {kernel_size: 3, stride: 2, padding: 1}
              - maxpool: {kernel_size: 3, stride: 2, padding: 1}
              - conv: {filters: 8, kernel_size: 3, padding: 1}
              - conv: {filters: 8, kernel_size: 3, padding: 1}
            """,
        detail="Each value's receptive field is followed along the branch that sees least, so that what a "
        "shortcut carries counts: residual networks seldom get this advice, plain ones of the same depth "
        "do. Layers behind an upsampling are not looked at. The first such convolution is named, the "
        "others are counted.",
        source="Richter et al. 2021, Should You Go Deeper?, arXiv:2106.12307; fields after Araujo, Norris "
        "& Sim 2019, Computing receptive fields of convolutional neural networks",
    ),
    Declaration(
        "uneven-overlap",
        what="A transposed convolution whose kernel is no multiple of its stride.",
        why="a checkerboard shows in the output, and training hardly removes it",
        mend="take a kernel that is a multiple of the stride, or `interpolate` and a convolution",
        example="""
            input: {channels: 16, height: 8, width: 8}
            layers:
              - conv_transpose: {filters: 8, kernel_size: 3, stride: 2, padding: 1, output_padding: 1}
            """,
        mended="""
            input: {channels: 16, height: 8, width: 8}
            layers:
              - conv_transpose: {filters: 8, kernel_size: 4, stride: 2, padding: 1}
            """,
        detail="Each input writes a kernel of outputs, a stride apart. With a kernel of 3 and a stride of 2, "
        "every second output is written twice, the others once; in two dimensions one to four times. A "
        "kernel narrower than the stride leaves outputs that hold nothing but the bias.",
        source="Odena, Dumoulin & Olah 2016, Deconvolution and Checkerboard Artifacts, "
        "doi:10.23915/distill.00003",
    ),
)
