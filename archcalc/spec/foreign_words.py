"""The words of other tools for kinds of layers, and what they are here. Data, no rules.

A word is looked up in lower case, without `_`, `-` and what stands in front of its last dot: `nn.MaxPool2d`
is `maxpool2d`. Only what is wrong has to import this.
"""

from __future__ import annotations

FLAT = "shapes are vectors [features], sequences [channels, length] and volumes [channels, height, width]"
NO_3D = "archcalc has no 3-D layers: a volume has a height and a width"
NO_RECURRENT = "archcalc has no recurrent layers: a spec is feed-forward"
RESHAPED = (
    "archcalc has no free reshape: `flatten` makes a vector, `tokens` a sequence, `volume` a volume of that"
)
NO_AXES = f"archcalc does not move axes: {FLAT}; `tokens` makes a sequence of a volume"
INPUT_LINE = "the input stands above the layers, as `input: {channels: 3, height: 224, width: 224}`"
NO_LOSS = "a spec ends with what the network puts out: leave out losses and metrics"
DETECTOR = "archcalc has no such head: write its convolutions, and name what leaves them under `outputs:`"
A_BLOCK = "that is a block of several layers: write them once under `blocks:`, and use it by its name"

UNSUPPORTED: dict[str, str] = {
    **dict.fromkeys(
        ("lstm", "gru", "rnn", "simplernn", "bidirectional", "convlstm2d", "lstmcell"), NO_RECURRENT
    ),
    **dict.fromkeys(("grucell", "rnncell", "timedistributed"), NO_RECURRENT),
    **dict.fromkeys(
        ("embedding", "embeddingbag"),
        "archcalc has no embedding of words: begin with its output, as `input: {channels: …, length: …}`",
    ),
    **dict.fromkeys(
        ("pixelshuffle", "depthtospace", "subpixelconv", "pixelunshuffle", "spacetodepth", "reorg", "focus"),
        "archcalc cannot move channels into positions or back: pixel shuffle is not supported",
    ),
    **dict.fromkeys(
        ("adaptivemaxpool", "adaptivemaxpool2d", "adaptivemaxpool1d"),
        "archcalc has no adaptive max pooling, but for an output of 1×1, which is `- global_maxpool`",
    ),
    **dict.fromkeys(
        ("maxunpool2d", "maxunpool", "maxunpooling2d", "unpool", "unpooling"),
        "archcalc has no unpooling",
    ),
    **dict.fromkeys(("reshape", "view", "unflatten", "repeatvector", "squeeze", "unsqueeze"), RESHAPED),
    **dict.fromkeys(("permute", "transpose", "rearrange", "movedim", "swapaxes"), NO_AXES),
    **dict.fromkeys(("input", "inputlayer", "data", "placeholder", "imagedata", "net"), INPUT_LINE),
    **dict.fromkeys(
        ("lambda", "function", "customlayer", "module", "forward"),
        "archcalc runs no code: write the layers that it stands for, or `- identity` where shapes stay",
    ),
    **dict.fromkeys(("softmaxwithloss", "crossentropyloss", "accuracy", "mseloss", "loss", "cost"), NO_LOSS),
    **dict.fromkeys(
        ("yolo", "region", "detection", "detect", "segment", "roipool", "roialign", "nms"), DETECTOR
    ),
    **dict.fromkeys(
        (
            "bottleneck",
            "c2f",
            "c3",
            "c3k2",
            "c2psa",
            "sppf",
            "spp",
            "basicblock",
            "inception",
            "mbconv",
            "fire",
        ),
        A_BLOCK,
    ),
    **dict.fromkeys(("sequential", "modulelist", "model", "residualblock"), A_BLOCK),
    **dict.fromkeys(
        ("transformerencoderlayer", "transformerencoder", "transformerdecoder", "transformer"),
        f"{A_BLOCK}; docs/spec.md builds one of layernorm, attention and fc",
    ),
    **dict.fromkeys(
        ("instancenorm", "instancenorm2d", "instancenormalization"),
        "archcalc has no instance normalisation; groupnorm with as many groups as channels computes the same",
    ),
    **dict.fromkeys(
        ("rmsnorm", "weightnorm", "spectralnorm", "syncbatchnorm", "unitnormalization", "l2norm"),
        "archcalc has batchnorm, layernorm, groupnorm and lrn, and no other normalisation",
    ),
    **dict.fromkeys(
        ("lppool2d", "fractionalmaxpool2d"), "archcalc has maxpool and avgpool, and no other pool"
    ),
    **dict.fromkeys(
        ("locallyconnected2d", "locallyconnected1d", "local"),
        "archcalc has no unshared filters: `archcalc compare-fc` works out what they would cost",
    ),
    **dict.fromkeys(
        ("unfold", "fold", "im2col", "gather", "split", "chunk", "stack", "matmul", "bmm", "einsum"),
        "archcalc has no such layer; `select` takes a range of channels, `concat` lays them side by side",
    ),
    **dict.fromkeys(
        ("gaussiannoise", "gaussiandropout", "alphadropout", "activityregularization", "randomflip"),
        "it does nothing at inference: leave it out, or write `- identity`",
    ),
    **dict.fromkeys(
        (
            "rescaling",
            "normalization",
            "randomrotation",
            "randomzoom",
            "randomcrop",
            "resizing",
            "centercrop",
        ),
        "that prepares data in front of the network: leave it out",
    ),
    **dict.fromkeys(
        (
            "softsign",
            "celu",
            "glu",
            "threshold",
            "hardtanh",
            "logsigmoid",
            "hardshrink",
            "tanhshrink",
            "maxout",
            "logsoftmax",
        ),
        "archcalc has no such activation; of those that it has, a pointwise one without weights counts alike",
    ),
    **dict.fromkeys(
        ("subtract", "average", "maximum", "minimum", "dot", "div", "sub"),
        "archcalc merges by add, multiply and concat",
    ),
}
"""What archcalc has no layer for: what to do instead. No hint leads to another operation."""

KINDS: dict[str, str] = {
    **dict.fromkeys(("convolutional", "convolutionlayer"), "conv"),
    **dict.fromkeys(("dwconv", "dwconv2d", "depthwiseconv", "depthwiseconvolution"), "depthwise"),
    **dict.fromkeys(("sepconv", "sepconv2d", "separableconvolution2d"), "separable"),
    **dict.fromkeys(
        ("deconvolution", "deconvolutional", "conv2dtranspose", "convtranspose"), "conv_transpose"
    ),
    **dict.fromkeys(("connected", "innerproduct", "gemm", "denselayer", "output", "outputlayer"), "fc"),
    **dict.fromkeys(("maxpooling", "maxpool2d"), "maxpool"),
    **dict.fromkeys(("averagepool", "averagepooling", "avgpooling", "meanpool"), "avgpool"),
    **dict.fromkeys(
        ("globalaveragepooling1d", "globalaveragepool", "globalaveragepooling", "globalavgpool1d"),
        "global_avgpool",
    ),
    **dict.fromkeys(("globalmaxpooling1d", "globalmaxpool1d", "globalmaxpooling"), "global_maxpool"),
    **dict.fromkeys(("adaptiveavgpool1d",), "adaptive_avgpool"),
    **dict.fromkeys(("upsampling2d", "upsampling", "upsamplingnearest2d", "resize", "interp"), "interpolate"),
    **dict.fromkeys(("upsamplingbilinear2d", "upsampling1d"), "interpolate"),
    **dict.fromkeys(("cropping2d", "cropping1d", "zeropadding1d", "zeropad1d", "zeropadding"), "pad"),
    **dict.fromkeys(("batchnormalization2d", "batchnormalisation"), "batchnorm"),
    **dict.fromkeys(("groupnormalization",), "groupnorm"),
    **dict.fromkeys(("route", "concatlayer", "merge"), "concat"),
    **dict.fromkeys(("shortcut", "eltwise", "elementwiseadd", "plus"), "add"),
    **dict.fromkeys(("times", "elementwisemultiply"), "multiply"),
    **dict.fromkeys(("leaky", "lrelu"), "leaky_relu"),
    **dict.fromkeys(("rectifier", "rectify"), "relu"),
    **dict.fromkeys(("hardswish", "hswish"), "hard_swish"),
    **dict.fromkeys(("hardsigmoid", "hsigmoid"), "hard_sigmoid"),
    **dict.fromkeys(("noop", "passthrough"), "identity"),
    **dict.fromkeys(("dropout1d", "dropout2d", "spatialdropout1d"), "dropout"),
}
"""Words that are no spelling of a kind here, since their settings differ, and the kind that they mean."""
