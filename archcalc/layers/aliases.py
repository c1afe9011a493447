"""The spellings that people bring along, and the one that archcalc reports. Data, no rules.

A spelling stands for the first of its canonical names that the kind at hand has. What a word of one framework
sets besides stands in `dialects`.
"""

from __future__ import annotations

KIND_ALIASES: dict[str, str] = {
    **dict.fromkeys(("conv2d", "Conv2D", "Conv2d", "convolution", "Convolution2D"), "conv"),
    **dict.fromkeys(("Conv1D", "Conv1d"), "conv1d"),
    **dict.fromkeys(("depthwise_conv", "depthwise_conv2d", "DepthwiseConv2D"), "depthwise"),
    **dict.fromkeys(("separable_conv", "separable_conv2d", "SeparableConv2D"), "separable"),
    **dict.fromkeys(
        ("conv_transpose2d", "ConvTranspose2d", "Conv2DTranspose", "transposed_conv", "deconv"),
        "conv_transpose",
    ),
    **dict.fromkeys(
        ("max_pool", "max_pool2d", "maxpool2d", "MaxPool2d", "MaxPooling2D", "MaxPool2D"), "maxpool"
    ),
    **dict.fromkeys(("max_pool1d", "MaxPool1d", "MaxPooling1D", "MaxPool1D"), "maxpool1d"),
    **dict.fromkeys(
        ("avg_pool", "avg_pool2d", "avgpool2d", "AvgPool2d", "AveragePooling2D", "AvgPool2D"), "avgpool"
    ),
    **dict.fromkeys(("avg_pool1d", "AvgPool1d", "AveragePooling1D", "AvgPool1D"), "avgpool1d"),
    **dict.fromkeys(
        ("global_avg_pool", "GlobalAveragePooling2D", "GlobalAvgPool2D", "gap"), "global_avgpool"
    ),
    **dict.fromkeys(("global_max_pool", "GlobalMaxPooling2D", "GlobalMaxPool2D"), "global_maxpool"),
    **dict.fromkeys(
        ("adaptive_avg_pool", "adaptive_avg_pool2d", "adaptive_avgpool2d", "AdaptiveAvgPool2d"),
        "adaptive_avgpool",
    ),
    **dict.fromkeys(("linear", "Linear", "dense", "Dense", "fully_connected", "FC"), "fc"),
    **dict.fromkeys(("Flatten",), "flatten"),
    **dict.fromkeys(("zero_pad", "zero_pad2d", "ZeroPad2d", "ZeroPadding2D", "padding"), "pad"),
    **dict.fromkeys(
        (
            "batch_norm",
            "batchnorm2d",
            "batch_norm2d",
            "BatchNorm2d",
            "BatchNorm1d",
            "BatchNormalization",
            "bn",
        ),
        "batchnorm",
    ),
    **dict.fromkeys(("layer_norm", "LayerNorm", "LayerNormalization"), "layernorm"),
    **dict.fromkeys(("group_norm", "GroupNorm", "GroupNormalization"), "groupnorm"),
    **dict.fromkeys(("local_response_norm", "LocalResponseNorm", "norm"), "lrn"),
    **dict.fromkeys(("ReLU",), "relu"),
    **dict.fromkeys(("ReLU6",), "relu6"),
    **dict.fromkeys(("LeakyReLU", "leakyrelu"), "leaky_relu"),
    **dict.fromkeys(("PReLU",), "prelu"),
    **dict.fromkeys(("ELU",), "elu"),
    **dict.fromkeys(("SELU",), "selu"),
    **dict.fromkeys(("GELU",), "gelu"),
    **dict.fromkeys(("SiLU", "swish", "Swish"), "silu"),
    **dict.fromkeys(("Mish",), "mish"),
    **dict.fromkeys(("Sigmoid", "logistic"), "sigmoid"),
    **dict.fromkeys(("Tanh",), "tanh"),
    **dict.fromkeys(("hardsigmoid", "Hardsigmoid"), "hard_sigmoid"),
    **dict.fromkeys(("hardswish", "Hardswish"), "hard_swish"),
    **dict.fromkeys(("Softplus",), "softplus"),
    **dict.fromkeys(("Identity",), "identity"),
    **dict.fromkeys(("Softmax",), "softmax"),
    **dict.fromkeys(("Dropout", "Dropout2d", "SpatialDropout2D"), "dropout"),
    **dict.fromkeys(("drop_path", "DropPath", "StochasticDepth"), "stochastic_depth"),
    **dict.fromkeys(("cls_token",), "class_token"),
    **dict.fromkeys(("pos_embedding", "pos_embed", "positional_embedding"), "position_embedding"),
    **dict.fromkeys(
        ("self_attention", "multi_head_attention", "mha", "MultiheadAttention", "MultiHeadAttention"),
        "attention",
    ),
    **dict.fromkeys(("slice",), "select"),
    **dict.fromkeys(("ChannelShuffle", "shuffle"), "channel_shuffle"),
    **dict.fromkeys(("layer_scale", "LayerScale"), "scale"),
    **dict.fromkeys(("upsample", "Upsample"), "interpolate"),
    **dict.fromkeys(("Add", "sum"), "add"),
    **dict.fromkeys(("Multiply", "mul"), "multiply"),
    **dict.fromkeys(("Concatenate", "concatenate", "cat"), "concat"),
}

SETTING_ALIASES: dict[str, tuple[str, ...]] = {
    "out_channels": ("filters",),
    "K": ("filters",),
    "F": ("kernel_size",),
    "kernel": ("kernel_size",),
    "pool_size": ("kernel_size",),
    "filter_size": ("kernel_size",),
    "strides": ("stride",),
    "S": ("stride",),
    "P": ("padding",),
    "pad": ("padding",),
    "dilation_rate": ("dilation",),
    "depth_multiplier": ("multiplier",),
    "channel_multiplier": ("multiplier",),
    "use_bias": ("bias",),
    "out_features": ("units",),
    "neurons": ("units",),
    "in_features": ("in_features", "in_channels"),
    "in_channels": ("in_channels", "in_features"),
    "rate": ("p",),
    "probability": ("p",),
    "n": ("size",),
    "epsilon": ("eps",),
    "slope": ("negative_slope",),
    "padding_mode": ("padding_mode", "mode"),
    "num_heads": ("heads",),
    "num_groups": ("groups",),
    "num_features": ("in_channels",),
    "num_channels": ("in_channels",),
}

INPUT_ALIASES: dict[str, str] = {
    "depth": "channels",
    "in_channels": "channels",
    "units": "features",
    "in_features": "features",
    "W": "width",
    "H": "height",
    "D": "channels",
    "C": "channels",
    "L": "length",
}
