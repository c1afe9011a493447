"""The words of other tools for settings, and what they are here. Data, no rules.

A word is looked up in lower case, without `_` and `-`. Only what is wrong has to import this.
"""

from __future__ import annotations

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
    "s": ("stride",),
    "p": ("padding",),
    "d": ("dilation",),
    "g": ("groups",),
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
    "concat.axis": ((1, 3, -3), "it lays channels side by side"),
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
    "attention.dropout": ((), "dropout does nothing at inference"),
    "batchfirst": ((), SAME),
    "groupnorm.center": ((True,), "groupnorm shifts and scales, or neither with `affine: false`"),
    "groupnorm.scale": ((True,), "groupnorm shifts and scales, or neither with `affine: false`"),
    "layernorm.axis": ((-1, 3), "it normalises the channels of each position"),
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
            *("transa", "transb"),
            *("movingmeaninitializer", "movingvarianceinitializer", "usestats", "useglobalstats", "fused"),
        ),
        ((), SAME),
    ),
}
"""Settings that say what is so anyway: the values for which they do (none: all), and why.

Those with a kind and a dot in front hold for that kind alone; a setting that the kind has is never left out.
"""

ACTIVATION_KEYS = ("activation", "act", "activationfunction", "nonlinearity", "actlayer")
DATA = ("data", "image", "images", "inputs", "input_1", "x")
"""What the input of a network is called elsewhere."""

NORM_KEYS = ("batchnormalize", "batchnorm", "bn", "usebn", "usebatchnorm", "withbn", "batchnormalization")
NO_NORM = (0, False, None, "false", "none", "no")
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
    "layernorm": ("normalized_shape", "eps", "affine"),
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

WHOLE_LISTS = ("flatten", "layernorm")
"""Words whose one value may be a list; that of others holds several values."""

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
