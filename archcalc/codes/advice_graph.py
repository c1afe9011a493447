"""Codes of advice on the graph and its parameters: what is legal but probably not meant."""

from __future__ import annotations

from archcalc.codes.declaration import Declaration

DECLARED = (
    Declaration(
        "misaligned-branches",
        what="Branches that are merged although their values stand for different places of the input.",
        why="an addition then mixes what lies side by side, and edges blur or double; across a network the "
        "shifts add up",
        mend="give the branches the same strides, and padding that centres their windows alike",
        example="""
            input: {channels: 8, height: 32, width: 32}
            layers:
              - residual:
                  body:
                    - conv: {filters: 8, kernel_size: 3, stride: 2, padding: same_upper}
                  shortcut:
                    - conv: {filters: 8, kernel_size: 1, stride: 2}
            """,
        mended="""
            input: {channels: 8, height: 32, width: 32}
            layers:
              - residual:
                  body:
                    - conv: {filters: 8, kernel_size: 3, stride: 2, padding: 1}
                  shortcut:
                    - conv: {filters: 8, kernel_size: 1, stride: 2}
            """,
        detail="Values at the same position of two branches should see the same part of the input: step by "
        "as many positions of it, and be centred on the same one. Different paddings, and `same_upper` "
        "with a stride, shift one branch against the other. Less than half a step is let pass: the 2×2 "
        "poolings in the shortcuts of ResNet-D are a quarter of one off. Branches that end on the same "
        "position, as causal convolutions do, fit together too. So do branches of which one is upsampled, "
        "up to half a step of what it is upsampled from, which no padding can mend; and the paths of a "
        "factorised reduction (NASNet), which step over positions of one volume and see each other's.",
        source="Araujo, Norris & Sim 2019, Computing receptive fields of convolutional neural networks, "
        "section Arbitrary computation graphs, doi:10.23915/distill.00021",
    ),
    Declaration(
        "bias-before-batchnorm",
        what="Biases of a convolution or fully connected layer that a batch normalisation cancels.",
        why="the biases are stored, read and updated, and change nothing; the normalisation's own shift does "
        "what they would",
        mend="write `bias: false`",
        example="""
            input: {channels: 3, height: 32, width: 32}
            layers:
              - conv: {filters: 64, kernel_size: 3}
              - batchnorm
              - relu
            """,
        mended="""
            input: {channels: 3, height: 32, width: 32}
            layers:
              - conv: {filters: 64, kernel_size: 3, bias: false}
              - batchnorm
              - relu
            """,
        detail="A bias moves all values of a channel alike; a batch normalisation that reads nothing else "
        "subtracts the channel's mean, and the bias with it.",
        source="Ioffe & Szegedy 2015, Batch Normalization, arXiv:1502.03167, section 3.2",
    ),
    Declaration(
        "heavy-fc",
        what="A fully connected layer that holds more than 80 % of all parameters.",
        why="most of the memory, and most of what can overfit, sits in one layer that has to learn each "
        "position by itself",
        mend="put `global_avgpool` in place of the `flatten`",
        example="""
            input: {channels: 3, height: 32, width: 32}
            layers:
              - conv: {filters: 32, kernel_size: 3, padding: 1}
              - relu
              - flatten
              - fc: {units: 128}
            """,
        mended="""
            input: {channels: 3, height: 32, width: 32}
            layers:
              - conv: {filters: 32, kernel_size: 3, padding: 1}
              - relu
              - global_avgpool
              - fc: {units: 128}
            """,
        detail="It reads a flattened volume of W·H·D values. Pooled to the mean of each channel first, that "
        "would be D values; what the layer would then hold is worked out.",
        source="Lin, Chen & Yan 2013, Network in Network, arXiv:1312.4400, section 3.2; CS231n notes, "
        "Convolutional Networks, section Case studies (GoogLeNet)",
    ),
    Declaration(
        "sequence-fc",
        what="A fully connected layer that takes the channels of a convolved sequence for positions.",
        why="the network runs, with far fewer weights than meant, and with an output of two axes",
        mend="put `flatten` in front of the layer, to connect all values; or write `over: features`, if it "
        "is meant",
        example="""
            input: {channels: 32, length: 33}
            layers:
              - conv1d: {filters: 8, kernel_size: 5}
              - fc: {units: 10}
            """,
        mended="""
            input: {channels: 32, length: 33}
            layers:
              - conv1d: {filters: 8, kernel_size: 5}
              - flatten
              - fc: {units: 10}
            """,
        detail="A volume of two axes is read as [positions, features], and each position is mapped by "
        "itself. Behind one-dimensional convolutions it is [channels, length]: each channel is then mapped "
        "by itself along its length, with the same weights, which is hardly ever meant. Of an image the "
        "same mistake is an error.",
        source="PyTorch Linear, which is applied to the last axis of whatever it is given",
    ),
    Declaration(
        "activation-twice",
        what="An activation that reads what another activation made.",
        why="a second relu does nothing. A sigmoid or softmax behind a relu is worse: it never sees a "
        "negative value, so a sigmoid says no less than 1/2; and a softmax over values from 0 to 1 can "
        "never be sure",
        mend="remove one of the two",
        example="""
            input: {features: 64}
            layers:
              - fc: {units: 10}
              - relu
              - softmax
            """,
        mended="""
            input: {features: 64}
            layers:
              - fc: {units: 10}
              - softmax
            """,
        detail="No layer with weights stands between the two; dropout may. What only scales, read by a "
        "`multiply`, is let be: x·tanh(softplus(x)) is an activation of its own.",
        source="CS231n notes, Neural Networks Part 1, section Commonly used activation functions, and Linear "
        "Classification, section Softmax classifier (which is fed scores, not activations)",
    ),
    Declaration(
        "unshared-twins",
        what="Branches that are one block called several times from the network's input on, with weights of "
        "their own each.",
        why="a twin (siamese) network runs one leg on several inputs and has its weights once; here they are "
        "counted, stored and drawn for each call",
        mend="count one leg alone, in a spec of its own; silence this where each branch is to learn its own "
        "weights",
        example="""
            input: {channels: 2, height: 32, width: 32}
            blocks:
              leg:
                layers:
                  - conv: {filters: 8, kernel_size: 3}
                  - relu
                  - global_avgpool
                  - flatten
            layers:
              - select: {name: left, stop: 1}
              - leg: {name: a}
              - select: {name: right, start: 1, from: input}
              - leg: {name: b}
              - concat: {from: [a, b]}
            """,
        mended="""
            input: {channels: 1, height: 32, width: 32}
            layers:
              - conv: {filters: 8, kernel_size: 3}
              - relu
              - global_avgpool
              - flatten
            """,
        detail="The calls come from the same lines, read volumes of the same shape with no layer with "
        "weights in front, and something reads what all of them made. A spec cannot say that weights are "
        "shared.",
        source="Bromley et al. 1993, Signature verification using a siamese time delay neural network, "
        "NIPS 6",
    ),
)
