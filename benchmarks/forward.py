"""What the forward pass costs beside its own bare matrix products, and beside frameworks, in one run.

    python -m venv /tmp/bench && /tmp/bench/bin/pip install .
    /tmp/bench/bin/python benchmarks/forward.py --python /tmp/frameworks/bin/python

`--python` names an interpreter that has PyTorch, onnxruntime and onnx, or some of them; what it lacks is
skipped, and said so. All run with one thread. Times are the least of several runs; processes are timed
whole, and their memory is the most that was resident.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CONVOLUTIONS = {"vgg16": 1.15, "resnet50": 1.15, "alexnet": 1.15, "mobilenet_v2": 2.5}
"""Networks, and how many times its bare products a convolution may take."""

ONE_THREAD = dict.fromkeys(
    ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"
)
ARCHCALC = [sys.executable, "-c", "from archcalc.cli import main; main()"]
START = [sys.executable, "-c", "import click, yaml, numpy"]

ENOUGH = 0.2
"""Seconds for which whatever is short is repeated."""

VGG16 = (64, 64, 0, 128, 128, 0, 256, 256, 256, 0, 512, 512, 512, 0, 512, 512, 512, 0)
"""Filters of VGG-16's convolutions, and 0 where it pools."""

TORCH = """
import torch
from torch import nn
torch.set_num_threads(1)
layers, depth = [], 3
for filters in {vgg16}:
    layers += [nn.Conv2d(depth, filters, 3, padding=1), nn.ReLU(True)] if filters else [nn.MaxPool2d(2)]
    depth = filters or depth
layers += [nn.Flatten(), nn.Linear(25088, 4096), nn.ReLU(True), nn.Dropout(), nn.Linear(4096, 4096)]
layers += [nn.ReLU(True), nn.Dropout(), nn.Linear(4096, 1000)]
with torch.inference_mode():
    assert nn.Sequential(*layers).eval()(torch.randn(1, 3, 224, 224)).shape == (1, 1000)
"""

ONNX_FILE = """
import numpy as np, onnx, sys
from onnx import TensorProto, helper, numpy_helper
random = np.random.default_rng(0)
nodes, tensors, depth, value = [], [], 3, "x"
def layer(kind, *shape, **settings):
    global value
    names = []
    for size in (shape, shape[:1]) if shape else ():
        names.append(f"{{kind}}{{len(tensors)}}")
        array = random.standard_normal(size, np.float32) * np.float32((2 / np.prod(shape[1:])) ** 0.5)
        tensors.append(numpy_helper.from_array(array, names[-1]))
    nodes.append(helper.make_node(kind, [value, *names], [f"v{{len(nodes)}}"], **settings))
    value = nodes[-1].output[0]
for filters in {vgg16}:
    if filters:
        layer("Conv", filters, depth, 3, 3, kernel_shape=[3, 3], pads=[1] * 4)
        layer("Relu")
    else:
        layer("MaxPool", kernel_shape=[2, 2], strides=[2, 2])
    depth = filters or depth
layer("Flatten")
for units, features in ((4096, 25088), (4096, 4096), (1000, 4096)):
    layer("Gemm", units, features, transB=1)
    if units == 4096:
        layer("Relu")
ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
        for name, shape in (("x", [1, 3, 224, 224]), (value, [1, 1000]))]
graph = helper.make_graph(nodes, "vgg16", ends[:1], ends[1:], tensors)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
onnx.save(model, sys.argv[1])
"""

ONNXRUNTIME = """
import numpy as np, onnxruntime, sys
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = options.inter_op_num_threads = 1
session = onnxruntime.InferenceSession(sys.argv[1], options, providers=["CPUExecutionProvider"])
x = np.random.default_rng(0).standard_normal((1, 3, 224, 224), np.float32)
assert session.run(None, {"x": x})[0].shape == (1, 1000)
"""

REFERENCE = """
import numpy as np, sys
from onnx.reference import ReferenceEvaluator
x = np.random.default_rng(0).standard_normal((1, 3, 224, 224), np.float32)
assert ReferenceEvaluator(sys.argv[1]).run(None, {"x": x})[0].shape == (1, 1000)
"""

PEERS = (
    ("import PyTorch, build VGG-16, one forward", "torch", TORCH.format(vgg16=VGG16)),
    ("onnxruntime on a ready file", "onnxruntime", ONNXRUNTIME),
    ("onnx reference evaluator on a ready file", "onnx", REFERENCE),
)


def least(work, runs):
    """The least seconds of several runs, of more where they are short; the first of them warms up."""
    times = []
    while len(times) < runs or sum(times) < ENOUGH:
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    return min(times)


def convolutions(runs):
    """Milliseconds in the kernels of a network's convolutions, weights drawn before, and in bare products."""
    import numpy as np

    from archcalc.analysis.facts import analyze
    from archcalc.forward.kernels import KERNELS
    from archcalc.forward.run import Run
    from archcalc.spec.load import load

    drawn, random = {}, np.random.default_rng(0)

    class Ready(Run):
        """A run whose tensors were drawn before."""

        def drawn(self, shape, spread=1.0, centre=0.0):
            if shape not in drawn:
                drawn[shape] = super().drawn(shape, spread, centre)
            return drawn[shape]

    def timed(facts):
        layer, x = facts.node.layer, Ready(random).drawn(facts.input_shapes[0])
        filters, depth, *kernel = facts.parameter_shapes["weight"]
        groups, taps = len(x) // depth, depth * int(np.prod(kernel))
        left = Ready(random).drawn((groups, filters // groups, taps))
        right = Ready(random).drawn((groups, taps, int(np.prod(facts.output_shape[1:]))))
        out = np.empty((groups, filters // groups, right.shape[2]), np.float32)
        kernel = KERNELS[facts.node.kind]
        return (
            1000 * least(lambda: kernel(layer, [x], Ready(random)), runs),
            1000 * least(lambda: np.matmul(left, right, out=out), runs),
        )

    result = {}
    for name in CONVOLUTIONS:
        known, total = {}, [0.0, 0.0]
        for facts in analyze(load(name)).facts:
            if facts.node.kind in ("conv", "depthwise"):
                key = (facts.node.layer, facts.input_shapes)
                known[key] = known.get(key) or timed(facts)
                total = [one + more for one, more in zip(total, known[key], strict=True)]
        result[name] = total
        drawn.clear()
    return result


def products(runs):
    """Seconds of the matrix products that `verify vgg16` takes, repeated on arrays of their shapes."""
    import numpy as np

    from archcalc.analysis.facts import analyze
    from archcalc.forward.run import Run
    from archcalc.forward.verify import verify
    from archcalc.spec.load import load

    shapes = []

    class Recording(Run):
        """A run that notes what it multiplies."""

        def matmul(self, left, right, out=None):
            shapes.append((left.shape, right.shape))
            return super().matmul(left, right, out)

    verify(analyze(load("vgg16")), make_run=Recording)
    total = 0.0
    for pair in sorted(set(shapes)):
        left, right = (np.ones(shape, np.float32) for shape in pair)
        out = np.matmul(left, right)
        total += shapes.count(pair) * least(lambda a=left, b=right, c=out: np.matmul(a, b, out=c), runs)
    return total


def shapes_only(runs):
    """Milliseconds of verifying shapes alone behind start-up, the first time and later, and MiB above it."""
    import resource

    from archcalc.analysis.facts import analyze
    from archcalc.forward.abstract.meta import MetaRun
    from archcalc.forward.verify import verify
    from archcalc.spec.load import load

    def resident():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

    networks = {"vgg16": load("vgg16"), "resnet152": load("resnet152")}
    networks["vgg16 at 65,536×65,536, without its head"] = headless(networks["vgg16"]).with_input(
        (3, 65536, 65536)
    )
    result = {}
    for name, network in networks.items():
        before, analysis = resident(), analyze(network)
        begin = time.perf_counter()
        assert verify(analysis, make_run=MetaRun).agrees
        first = time.perf_counter() - begin
        again = least(lambda a=analysis: verify(a, make_run=MetaRun), runs)
        result[name] = (1000 * first, 1000 * again, resident() - before)
    return result


def headless(network):
    """The layers in front of the first fully connected one, which asks for one input size."""
    from archcalc.frozen import replace

    kinds = [node.kind for node in network.nodes]
    nodes = network.nodes[: kinds.index("flatten")]
    return replace(network, nodes=nodes, outputs={"output": len(nodes)}, expectations=())


def process(command, runs, *, environment=ONE_THREAD):
    """The least seconds of a whole process, and the most MiB resident; None where it fails."""
    seconds, mebibytes = [], []
    for _ in range(runs):
        begin = time.perf_counter()
        child = subprocess.Popen(
            command, env=os.environ | environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            return None
        seconds.append(time.perf_counter() - begin)
        mebibytes.append(usage.ru_maxrss / 1024)
    return min(seconds), max(mebibytes)


def measured(part, runs):
    """What a function of this file returns in a process of its own, with one thread."""
    command = [sys.executable, __file__, "--runs", str(runs), "--part", part]
    output = subprocess.run(command, env=os.environ | ONE_THREAD, stdout=subprocess.PIPE, check=True).stdout
    return json.loads(output)


def show_convolutions(runs):
    print(f"{'convolutions of':<44}{'kernels ms':>11}{'bare ms':>9}{'ratio':>7}{'promised':>10}")
    for name, (kernels, bare) in measured("convolutions", runs).items():
        print(f"{name:<44}{kernels:>11.1f}{bare:>9.1f}{kernels / bare:>7.2f}{CONVOLUTIONS[name]:>10.2f}")


def show_shapes(runs):
    print(f"\n{'shapes only':<44}{'first ms':>11}{'again ms':>9}{'MiB':>7}")
    for name, (first, again, mebibytes) in measured("shapes_only", runs).items():
        print(f"{name:<44}{first:>11.1f}{again:>9.1f}{mebibytes:>7.1f}")


def show_processes(runs, python):
    """Whole processes, ours first; the ratio is to it."""
    bare, (start, _) = measured("products", runs), process(START, runs)
    ours, mebibytes = process([*ARCHCALC, "verify", "vgg16"], runs)
    print(f"\n{'whole processes, VGG-16':<44}{'s':>11}{'MiB':>9}{'ratio':>7}")
    print(f"{'archcalc verify vgg16':<44}{ours:>11.2f}{mebibytes:>9.0f}{1:>7.2f}")
    print(f"{'its bare products and start-up':<44}{bare + start:>11.2f}{'':>9}{(bare + start) / ours:>7.2f}")
    print(f"{f'  products {bare:.2f} s, import of click, yaml and NumPy {start:.2f} s'}")
    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder, "vgg16.onnx"))
        process([python, "-c", ONNX_FILE.format(vgg16=VGG16), file], 1)
        for title, package, code in PEERS:
            found = None
            if process([python, "-c", f"import {package}"], 1):
                found = process([python, "-c", code, file], max(runs // 2, 1))
            if found:
                print(f"{title:<44}{found[0]:>11.2f}{found[1]:>9.0f}{found[0] / ours:>7.2f}")
            else:
                print(f"{title:<44}skipped: {package} cannot be used with {python}")


def show_threads(runs):
    print(f"\n{'archcalc verify, by BLAS threads':<44}{'1':>11}{'2':>9}{'4':>7}   s")
    for name in ("vgg16", "resnet50"):
        times = [
            process([*ARCHCALC, "verify", name], runs, environment=dict.fromkeys(ONE_THREAD, str(count)))[0]
            for count in (1, 2, 4)
        ]
        print(f"{name:<44}{times[0]:>11.2f}{times[1]:>9.2f}{times[2]:>7.2f}")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--python", default=sys.executable, help="interpreter that has the frameworks")
    parser.add_argument("--part", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part:
        parts = {"convolutions": convolutions, "products": products, "shapes_only": shapes_only}
        print(json.dumps(parts[options.part](options.runs)))
        return
    show_convolutions(options.runs)
    show_processes(options.runs, options.python)
    show_shapes(options.runs)
    show_threads(options.runs)


if __name__ == "__main__":
    main()
