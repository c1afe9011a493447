"""The words of other tools for kinds and settings, and what they are here. Data, no rules.

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

MISSING: dict[str, str] = {
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
    **dict.fromkeys(("connected", "innerproduct", "gemm", "denselayer"), "fc"),
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

RENAMES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ("size", "ksize", "kernelshape", "windowsize", "poolsize", "k"), ("kernel_size", "scale_factor")
    ),
    **dict.fromkeys(
        (
            "numoutput",
            "output",
            "outputs",
            "outchannels",
            "outputchannels",
            "numfilters",
            "nfilters",
            "features",
        ),
        ("filters", "units"),
    ),
    **dict.fromkeys(
        ("channels", "outplanes", "nout", "outputdim", "hiddensize", "nunits"), ("filters", "units")
    ),
    **dict.fromkeys(
        ("inchannels", "inputchannels", "inplanes", "numfeatures", "numchannels"), ("in_channels",)
    ),
    **dict.fromkeys(("inputdim", "nin", "infeatures"), ("in_features", "in_channels")),
    "in": ("in_channels", "in_features"),
    "out": ("filters", "units"),
    **dict.fromkeys(("group", "ngroups", "numgroups"), ("groups",)),
    **dict.fromkeys(("biasterm", "hasbias", "withbias", "usebias"), ("bias",)),
    **dict.fromkeys(("dilations", "rate", "dilationrate", "atrousrate"), ("dilation", "p")),
    **dict.fromkeys(("dropoutratio", "droprate", "dropprob", "ratio", "prob", "probability"), ("p",)),
    **dict.fromkeys(("localsize", "n"), ("size",)),
    **dict.fromkeys(("alpha", "negslope", "a", "leak"), ("negative_slope",)),
    "stride": ("stride", "scale_factor"),
    **dict.fromkeys(("factor", "scale", "scales"), ("scale_factor",)),
    **dict.fromkeys(("cropping", "pads"), ("padding",)),
    **dict.fromkeys(("interpolation", "resizemode"), ("mode",)),
    **dict.fromkeys(("nheads", "nhead", "numheads", "numattentionheads"), ("heads",)),
    **dict.fromkeys(("elementwiseaffine", "affine"), ("affine",)),
    **dict.fromkeys(("outputsize", "targetsize"), ("output_size", "size")),
    **dict.fromkeys(("bottom", "inputs", "input", "sources"), ("from",)),
    **dict.fromkeys(("top", "id"), ("name",)),
    **dict.fromkeys(("layername",), ("name",)),
}
"""Settings by other names; each stands for the first of these that the kind has. Some only rename."""

SAME = "it changes no shape and no count"
OWN = "a layer knows what it reads"

DROPPED: dict[str, tuple[tuple[object, ...], str]] = {
    "inplace": ((), "it is counted in place"),
    "softmax.dim": ((1, -1, -3), "it is over the channels, or the features of a vector"),
    "softmax.axis": ((1, -1, 3), "it is over the channels, or the features of a vector"),
    "concat.dim": ((1, -3), "it lays channels side by side"),
    "concat.axis": ((1, -1, 3, -3), "it lays channels side by side"),
    "batchnorm.axis": ((-1, 1, 3), "it normalises channels"),
    "groupnorm.axis": ((-1, 1, 3), "it normalises channels"),
    "flatten.startdim": ((1,), "it flattens all but the batch"),
    "flatten.enddim": ((-1, 2, 3), "it flattens all but the batch"),
    "flatten.axis": ((1,), "it flattens all but the batch"),
    "fc.axis": ((1, -1), "it maps the features"),
    "dataformat": ((), "shapes are channels first, and the figures the same in either format"),
    "interpolate.aligncorners": ((), ""),
    "returnindices": ((False,), "a max pool puts out its maxima"),
    "keepdims": ((), "fc reads a volume of 1×1 as a vector"),
    "keepdim": ((), "fc reads a volume of 1×1 as a vector"),
    **dict.fromkeys(("inchannels", "numfeatures", "numchannels", "infeatures"), ((), OWN)),
    "embeddim": ((), OWN),
    "dmodel": ((), OWN),
    "keydim": ((), OWN),
    "normalizedshape": ((), OWN),
    "attention.dropout": ((), "dropout does nothing at inference"),
    "batchfirst": ((), SAME),
    "batchnormalize": ((0, False), ""),
    "center": ((True,), "batchnorm shifts and scales, or neither with `affine: false`"),
    "batchnorm.scale": ((True,), "batchnorm shifts and scales, or neither with `affine: false`"),
    "operation": (("SUM", "sum", 1), "it adds"),
    "inputshape": ((), "the shape stands above the layers, under `input:`"),
    "batchinputshape": ((), "the shape stands above the layers, under `input:`"),
    **dict.fromkeys(
        (
            *("kernelinitializer", "biasinitializer", "kernelregularizer", "biasregularizer", "weightfiller"),
            *(
                "activityregularizer",
                "kernelconstraint",
                "biasconstraint",
                "biasfiller",
                "trainable",
                "dtype",
            ),
            *("device", "seed", "noiseshape", "weightdecay", "lrmult", "antialias", "initializer", "param"),
            *(
                "depthwiseinitializer",
                "pointwiseinitializer",
                "betainitializer",
                "gammainitializer",
                "engine",
            ),
            *("movingmeaninitializer", "movingvarianceinitializer", "usestats", "useglobalstats", "fused"),
        ),
        ((), SAME),
    ),
}
"""Settings that say what is so anyway: the values for which they do (none: all), and why.

Those with a kind and a dot in front hold for that kind alone; a setting that the kind has is never left out.
"""

ACTIVATION_KEYS = ("activation", "act", "activationfunction", "nonlinearity", "actlayer")
NO_ACTIVATION = ("linear", "none", "null", "identity", "false", "")

POSITIONAL: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ("conv2d", "conv1d"),
        (
            *("in_channels", "filters", "kernel_size", "stride", "padding", "dilation", "groups", "bias"),
            "padding_mode",
        ),
    ),
    "convtranspose2d": (
        *("in_channels", "filters", "kernel_size", "stride", "padding", "output_padding", "groups", "bias"),
        "dilation",
    ),
    "keras.conv": ("filters", "kernel_size", "stride", "padding"),
    "maxpool2d": ("kernel_size", "stride", "padding", "dilation", "return_indices", "ceil_mode"),
    "avgpool2d": ("kernel_size", "stride", "padding", "ceil_mode", "count_include_pad"),
    "linear": ("in_features", "units", "bias"),
    "batchnorm2d": ("num_features", "eps", "momentum", "affine", "track_running_stats"),
    "groupnorm": ("num_groups", "num_channels", "eps", "affine"),
    "upsample": ("size", "scale_factor", "mode", "align_corners"),
    "flatten": ("start_dim", "end_dim"),
    "softmax": ("dim",),
    "relu": ("inplace",),
    "batchnorm1d": ("num_features", "eps", "momentum", "affine", "track_running_stats"),
    "dense": ("units", "activation"),
    "conv": ("filters", "kernel_size", "stride", "padding", "groups"),
}
"""What values without a name mean, where that is more than the setting that a kind needs."""

FILLED: dict[str, dict[str, object]] = {
    "maxpooling2d": {"kernel_size": 2},
    "maxpooling1d": {"kernel_size": 2},
    "averagepooling2d": {"kernel_size": 2},
    "averagepooling1d": {"kernel_size": 2},
    "upsampling2d": {"scale_factor": 2},
    "upsampling1d": {"scale_factor": 2},
    "upsamplingnearest2d": {},
    "upsamplingbilinear2d": {"mode": "bilinear"},
    "groupnormalization": {"groups": 32},
    "zeropadding2d": {"padding": 1},
    "cropping2d": {"padding": 0},
}
"""What a layer of another tool has where nothing is said, and ours needs or has otherwise."""

OWN_RENAMES: dict[str, dict[str, str]] = {
    "upsampling2d": {"size": "scale_factor"},
    "upsampling1d": {"size": "scale_factor"},
}
"""What a setting of one layer means, where that of others means something else."""

POOLS: dict[str, str] = {
    "max": "maxpool",
    "ave": "avgpool",
    "avg": "avgpool",
    "average": "avgpool",
    "0": "maxpool",
    "1": "avgpool",
    "global max": "global_maxpool",
    "global ave": "global_avgpool",
    "global avg": "global_avgpool",
}
"""The pools of Caffe's `Pooling`, by the word that says which."""
