"""What advice says of networks of other families: nothing, or what is known of them."""

from textwrap import dedent

import pytest

from archcalc import analyze, loads
from archcalc.checks.advice import advice

GOOGLENET = """
    input: {channels: 3, height: 224, width: 224}
    blocks:
      inception:
        layers:
          - branches:
              paths:
                - [conv: {filters: 64, kernel_size: 1}, relu]
                - [conv: {filters: 96, kernel_size: 1}, relu,
                   conv: {filters: 128, kernel_size: 3, padding: 1}, relu]
                - [conv: {filters: 16, kernel_size: 1}, relu,
                   conv: {filters: 32, kernel_size: 5, padding: 2}, relu]
                - [maxpool: {kernel_size: 3, stride: 1, padding: 1},
                   conv: {filters: 32, kernel_size: 1}, relu]
    layers:
      - conv: {filters: 64, kernel_size: 7, stride: 2, padding: 3}
      - maxpool: {kernel_size: 3, stride: 2, ceil_mode: true}
      - conv: {filters: 192, kernel_size: 3, padding: 1}
      - maxpool: {kernel_size: 3, stride: 2, ceil_mode: true}
      - repeat: {times: 2, layers: [inception]}
      - maxpool: {kernel_size: 3, stride: 2, ceil_mode: true}
      - repeat: {times: 5, layers: [inception]}
      - maxpool: {kernel_size: 2, stride: 2, ceil_mode: true}
      - repeat: {times: 2, layers: [inception]}
      - global_avgpool
      - dropout
      - fc: {units: 1000}
"""
INCEPTION_V3 = """
    input: {channels: 3, height: 299, width: 299}
    layers:
      - conv: {filters: 32, kernel_size: 3, stride: 2}
      - conv: {filters: 32, kernel_size: 3}
      - conv: {filters: 64, kernel_size: 3, padding: 1}
      - maxpool: {kernel_size: 3, stride: 2}
      - conv: {filters: 80, kernel_size: 1}
      - conv: {filters: 192, kernel_size: 3}
      - maxpool: {kernel_size: 3, stride: 2}
      - branches:
          paths:
            - [conv: {filters: 384, kernel_size: 3, stride: 2}]
            - [conv: {filters: 64, kernel_size: 1}, conv: {filters: 96, kernel_size: 3, padding: 1},
               conv: {filters: 96, kernel_size: 3, stride: 2}]
            - [maxpool: {kernel_size: 3, stride: 2}]
      - branches:
          paths:
            - [conv: {filters: 192, kernel_size: 1}]
            - [conv: {filters: 128, kernel_size: [1, 7], padding: [0, 3]},
               conv: {filters: 192, kernel_size: [7, 1], padding: [3, 0]}]
            - [avgpool: {kernel_size: 3, stride: 1, padding: 1}, conv: {filters: 32, kernel_size: 1}]
"""
DENSENET = """
    input: {channels: 3, height: 224, width: 224}
    blocks:
      grow:
        layers:
          - branches:
              paths:
                - [identity]
                - [batchnorm, relu, conv: {filters: 128, kernel_size: 1, bias: false},
                   batchnorm, relu, conv: {filters: 32, kernel_size: 3, padding: 1, bias: false}]
      transition:
        settings: {width: required}
        layers:
          - batchnorm
          - relu
          - conv: {filters: $width, kernel_size: 1, bias: false}
          - avgpool: {kernel_size: 2}
    layers:
      - conv: {filters: 64, kernel_size: 7, stride: 2, padding: 3, bias: false}
      - batchnorm
      - relu
      - maxpool: {kernel_size: 3, stride: 2, padding: 1}
      - repeat: {times: 6, layers: [grow]}
      - transition: {width: 128}
      - repeat: {times: 12, layers: [grow]}
      - transition: {width: 256}
      - repeat: {times: 24, layers: [grow]}
      - transition: {width: 512}
      - repeat: {times: 16, layers: [grow]}
      - global_avgpool
      - fc: {units: 1000}
"""
MOBILENET_V2 = """
    input: {channels: 3, height: 224, width: 224}
    blocks:
      inner:
        settings: {width: required, wide: required, stride: 1}
        layers:
          - conv: {filters: $wide, kernel_size: 1, bias: false}
          - batchnorm
          - relu6
          - depthwise: {kernel_size: 3, stride: $stride, padding: 1, bias: false}
          - batchnorm
          - relu6
          - conv: {filters: $width, kernel_size: 1, bias: false}
          - batchnorm
    layers:
      - conv: {filters: 32, kernel_size: 3, stride: 2, padding: 1, bias: false}
      - batchnorm
      - relu6
      - inner: {width: 24, wide: 96, stride: 2}
      - residual: {body: [inner: {width: 24, wide: 144}]}
      - inner: {width: 32, wide: 144, stride: 2}
      - repeat: {times: 2, layers: [residual: {body: [inner: {width: 32, wide: 192}]}]}
      - inner: {width: 64, wide: 192, stride: 2}
      - repeat: {times: 3, layers: [residual: {body: [inner: {width: 64, wide: 384}]}]}
      - inner: {width: 160, wide: 576, stride: 2}
      - repeat: {times: 2, layers: [residual: {body: [inner: {width: 160, wide: 960}]}]}
      - global_avgpool
      - fc: {units: 1000}
"""
UNET = """
    input: {channels: 3, height: 128, width: 128}
    blocks:
      two:
        settings: {width: required}
        layers:
          - repeat: {times: 2, layers: [conv: {filters: $width, kernel_size: 3, padding: 1}, relu]}
    layers:
      - two: {name: a, width: 16}
      - maxpool: {kernel_size: 2}
      - two: {name: b, width: 32}
      - maxpool: {kernel_size: 2}
      - two: {name: c, width: 64}
      - maxpool: {kernel_size: 2}
      - two: {width: 128}
      - conv_transpose: {name: up_c, filters: 64, kernel_size: 2, stride: 2}
      - concat: {from: [c, up_c]}
      - two: {width: 64}
      - conv_transpose: {name: up_b, filters: 32, kernel_size: 2, stride: 2}
      - concat: {from: [b, up_b]}
      - two: {width: 32}
      - conv_transpose: {name: up_a, filters: 16, kernel_size: 2, stride: 2}
      - concat: {from: [a, up_a]}
      - two: {width: 16}
      - conv: {filters: 2, kernel_size: 1}
"""
DCGAN_GENERATOR = """
    input: {channels: 100, height: 1, width: 1}
    layers:
      - conv_transpose: {filters: 512, kernel_size: 4, bias: false}
      - batchnorm
      - relu
      - conv_transpose: {filters: 256, kernel_size: 4, stride: 2, padding: 1, bias: false}
      - batchnorm
      - relu
      - conv_transpose: {filters: 3, kernel_size: 4, stride: 2, padding: 1, bias: false}
      - tanh
"""
DCGAN_DISCRIMINATOR = """
    input: {channels: 3, height: 64, width: 64}
    layers:
      - conv: {filters: 64, kernel_size: 4, stride: 2, padding: 1, bias: false}
      - leaky_relu: {negative_slope: 0.2}
      - conv: {filters: 128, kernel_size: 4, stride: 2, padding: 1, bias: false}
      - batchnorm
      - leaky_relu: {negative_slope: 0.2}
      - conv: {filters: 256, kernel_size: 4, stride: 2, padding: 1, bias: false}
      - batchnorm
      - leaky_relu: {negative_slope: 0.2}
      - conv: {filters: 512, kernel_size: 4, stride: 2, padding: 1, bias: false}
      - batchnorm
      - leaky_relu: {negative_slope: 0.2}
      - conv: {filters: 1, kernel_size: 4, bias: false}
      - sigmoid
"""
SE_RESNET_D = """
    input: {channels: 64, height: 56, width: 56}
    layers:
      - residual:
          body:
            - conv: {filters: 32, kernel_size: 1, bias: false}
            - batchnorm
            - relu
            - conv: {filters: 32, kernel_size: 3, stride: 2, padding: 1, bias: false}
            - batchnorm
            - relu
            - conv: {filters: 128, kernel_size: 1, bias: false}
            - batchnorm: {name: bn}
            - global_avgpool
            - conv: {filters: 8, kernel_size: 1}
            - relu
            - conv: {filters: 128, kernel_size: 1}
            - sigmoid: {name: gate}
            - multiply: {from: [bn, gate]}
          shortcut:
            - avgpool: {kernel_size: 2}
            - conv: {filters: 128, kernel_size: 1, bias: false}
            - batchnorm
      - relu
      - global_avgpool
      - fc: {units: 1000}
"""
DEEPLAB_V3 = """
    input: {channels: 64, height: 33, width: 33}
    layers:
      - branches:
          paths:
            - [conv: {filters: 8, kernel_size: 1}]
            - [conv: {filters: 8, kernel_size: 3, padding: 6, dilation: 6}]
            - [conv: {filters: 8, kernel_size: 3, padding: 12, dilation: 12}]
            - [conv: {filters: 8, kernel_size: 3, padding: 18, dilation: 18}]
"""
WAVENET = """
    input: {channels: 8, length: 16000}
    layers:
      - repeat:
          times: 3
          layers:
            - residual: {body: [conv1d: {filters: 8, kernel_size: 2, padding: [[1, 0]]}, tanh]}
"""
CONVNEXT = """
    input: {channels: 3, height: 224, width: 224}
    layers:
      - conv: {filters: 96, kernel_size: 4, stride: 4}
      - layernorm: {over: channels}
      - residual:
          body:
            - depthwise: {kernel_size: 7, padding: 3}
            - layernorm: {over: channels}
            - conv: {filters: 384, kernel_size: 1}
            - gelu
            - conv: {filters: 96, kernel_size: 1}
      - conv: {filters: 192, kernel_size: 2, stride: 2}
      - global_avgpool
      - layernorm
      - fc: {units: 1000}
"""
EFFICIENTNET_IN_TENSORFLOW = """
    input: {channels: 3, height: 224, width: 224}
    layers:
      - conv: {filters: 32, kernel_size: 3, stride: 2, padding: same_upper, bias: false}
      - batchnorm
      - silu
      - depthwise: {kernel_size: 5, stride: 2, padding: same_upper, bias: false}
      - batchnorm
      - silu
"""
XCEPTION = """
    input: {channels: 64, height: 147, width: 147}
    layers:
      - residual:
          body:
            - separable: {filters: 128, kernel_size: 3, padding: 1, bias: false}
            - batchnorm
            - relu
            - separable: {filters: 128, kernel_size: 3, padding: 1, bias: false}
            - batchnorm
            - maxpool: {kernel_size: 3, stride: 2, padding: 1}
          shortcut:
            - conv: {filters: 128, kernel_size: 1, stride: 2, bias: false}
            - batchnorm
"""
PERCEPTRON = """
    input: {channels: 1, height: 28, width: 28}
    layers: [flatten, fc: {units: 512}, relu, dropout, fc: {units: 10}, softmax]
"""
WELL_MADE = {
    name: spec for name, spec in globals().items() if name.isupper() and isinstance(spec, str)
}  # fmt: skip


@pytest.mark.parametrize("name", WELL_MADE)
def test_networks_of_other_families_get_no_advice(name):
    assert advice(analyze(loads(dedent(WELL_MADE[name])))) == ()


def test_there_are_other_families():
    assert len(WELL_MADE) == 14


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        (
            """
            input: {channels: 1, height: 28, width: 28}
            layers:
              - conv: {filters: 32, kernel_size: 3}
              - relu
              - conv: {filters: 64, kernel_size: 3}
              - relu
              - maxpool: {kernel_size: 2}
              - dropout: {p: 0.25}
              - flatten
              - fc: {units: 128}
              - relu
              - dropout
              - fc: {units: 10}
            """,
            [("heavy-fc", "fc1: holds 1,179,776 of 1,199,882 parameters, 98 %")],
        ),
        (
            """
            input: {channels: 256, height: 32, width: 32}
            layers:
              - conv: {filters: 512, kernel_size: 4, padding: 1}
              - batchnorm
              - leaky_relu
              - conv: {filters: 1, kernel_size: 4, padding: 1}
            """,
            [
                ("bias-before-batchnorm", "conv1: batchnorm1 cancels its 512 biases"),
                (
                    "lopsided-padding",
                    "conv1: a kernel of 4 has no middle: along height and width, "
                    "padding 1 on both sides makes 31 of 32",
                ),
                (
                    "lopsided-padding",
                    "conv2: a kernel of 4 has no middle: along height and width, "
                    "padding 1 on both sides makes 30 of 31",
                ),
            ],
        ),
        (
            """
            input: {channels: 3, height: 224, width: 224}
            layers:
              - conv: {filters: 64, kernel_size: 3, stride: 2}
              - relu
              - maxpool: {kernel_size: 3, stride: 2, ceil_mode: true}
            """,
            [("dropped-pixels", "conv1: (224 − 3)/2 leaves 1: the last row and column are never seen")],
        ),
    ],
    ids=["PyTorch's example for MNIST", "PatchGAN's last layers", "SqueezeNet 1.1's first layers"],
)
def test_known_networks_with_known_flaws(spec, said):
    found = advice(analyze(loads(dedent(spec))))
    assert sorted((problem.code, problem.message) for problem in found) == sorted(said)
