"""Write a trained reader as an ONNX graph with 8-bit weights and fixed 8-bit scales.

The scale of what each layer reads is measured once on passages, so that a passage's outputs
do not depend on the others of its batch. Source: Jacob et al. 2018, arXiv:1712.05877.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

from geostance.files import replacing
from geostance.optional import require

torch, onnx = require("torch", "train"), require("onnx", "train")

# ONNX Runtime's own operators.
_OWN = "com.microsoft"
# Weights have 7 bits: processors without 8-bit dot products add two products in 16 bits.
_STEPS = 63
# Share of the numbers on either side that may be cut off.
_OUTLIERS = 1e-4
_EPSILON = 1e-5

Range = tuple[float, float]


def input_ranges(reader: Any, batches: Iterable[tuple[Any, Any]]) -> dict[str, Range]:
    """Return the smallest and largest number that each linear layer of the reader reads."""
    seen: dict[str, list[Range]] = {}

    def note(name: str, numbers: Any) -> None:
        low, high = np.quantile(numbers.float().flatten().numpy(), [_OUTLIERS, 1 - _OUTLIERS])
        seen.setdefault(name, []).append((float(low), float(high)))

    def given(name: str) -> Callable[..., None]:
        return lambda layer, inputs, output: note(name, inputs[0])

    def made(name: str) -> Callable[..., None]:
        return lambda layer, inputs, output: note(name, output)

    hooks = []
    for name, layer in reader.named_modules():
        if name.endswith(".before_attention"):
            # Its output is read in parts, by a function and not by the layer itself.
            key = name.replace("before_attention", "query_key_value")
            hooks.append(layer.register_forward_hook(made(key)))
        elif isinstance(layer, torch.nn.Linear):
            hooks.append(layer.register_forward_hook(given(name)))
    reader.eval()
    with torch.no_grad():
        for ids, at in batches:
            reader(ids, at)
    for hook in hooks:
        hook.remove()
    return {
        name: (min(low for low, _ in pairs), max(high for _, high in pairs))
        for name, pairs in seen.items()
    }


def write_graph(reader: Any, ranges: dict[str, Range], path: Path) -> None:
    """Write ``reader`` to ``path``.

    Inputs: ids (n, length) int64, mask (n, length) int32, at (n, 2) int64: row and place of
    the mention. Outputs: outputs (n, 5) and evidence (n, length), whose rows sum to 1.
    """
    weights = {name: value.detach().numpy() for name, value in reader.state_dict().items()}
    graph = _Graph(weights, ranges)
    with replacing(path) as temporary:
        onnx.save(graph.model(reader.model.sizes), temporary)


class _Graph:
    def __init__(self, weights: dict[str, np.ndarray], ranges: dict[str, Range]) -> None:
        self._weights, self._ranges = weights, ranges
        self._nodes: list[Any] = []
        self._constants: dict[str, Any] = {}
        self._quantized: dict[tuple[str, str], tuple[str, str, str]] = {}
        self._made = 0

    def model(self, sizes: dict[str, int]) -> Any:
        width = sizes["width"]
        tokens = self._embedded()
        for number in range(sizes["blocks"] - 1):
            tokens = self._block(tokens, number, sizes)
        mention = self._block(tokens, sizes["blocks"] - 1, sizes, last=True)
        mention = self._op("Squeeze", self._norm(mention, "model.last"), self._whole([1]))
        tokens = self._norm(tokens, "before_evidence")
        scores = self._linear(tokens, "evidence")
        # Padding gets no share: its score is far below all others.
        real = self._op("Unsqueeze", self._op("Cast", "mask", to=1), self._whole([2]))
        away = self._op("Mul", self._op("Sub", real, self._number(1)), self._number(1e4))
        shares = self._op("Softmax", self._op("Add", scores, away), axis=1)
        self._op("Squeeze", shares, self._whole([2]), output="evidence")
        carried = self._op(
            "ReduceSum", self._op("Mul", shares, tokens), self._whole([1]), keepdims=0
        )
        found = self._op("Concat", mention, carried, axis=1)
        units = self._linear(found, "units")
        units = self._op("Gelu", units, domain=_OWN)
        self._linear(units, "outputs", output="outputs")
        return self._finished(width)

    def _embedded(self) -> str:
        pieces = self._weights["model.pieces.weight"]
        step = np.maximum(np.abs(pieces).max(axis=1, keepdims=True), 1e-8) / 127
        whole = self._constant(np.round(pieces / step).astype(np.int8), "pieces")
        steps = self._constant(step.astype(np.float16), "steps")
        found = self._op(
            "Mul",
            self._op("Cast", self._op("Gather", whole, "ids"), to=1),
            self._op("Cast", self._op("Gather", steps, "ids"), to=1),
        )
        length = self._op("Slice", self._op("Shape", "ids"), self._whole([1]), self._whole([2]))
        places = self._constant(self._weights["model.places.weight"].astype(np.float32))
        places = self._op("Slice", places, self._whole([0]), length, self._whole([0]))
        return self._norm(self._op("Add", found, places), "model.first")

    def _block(self, tokens: str, number: int, sizes: dict[str, int], last: bool = False) -> str:
        name, size = f"model.blocks.{number}", sizes["heads"] * sizes["head"]
        normal = self._norm(tokens, f"{name}.before_attention")
        asking, kept = normal, tokens
        if last:
            asking, kept = (
                self._op("Unsqueeze", self._op("GatherND", part, "at"), self._whole([1]))
                for part in (normal, tokens)
            )
        query = self._linear(asking, f"{name}.query_key_value", slice(0, size))
        key = self._linear(normal, f"{name}.query_key_value", slice(size, 2 * size))
        value = self._linear(normal, f"{name}.query_key_value", slice(2 * size, 3 * size))
        found = self._op(
            "MultiHeadAttention",
            query,
            key,
            value,
            "",
            "mask",
            domain=_OWN,
            num_heads=sizes["heads"],
        )
        kept = self._op("Add", kept, self._linear(found, f"{name}.attended"))
        units = self._linear(self._norm(kept, f"{name}.before_units"), f"{name}.units")
        return self._op("Add", kept, self._linear(self._op("Relu", units), f"{name}.back"))

    def _linear(
        self, value: str, name: str, rows: slice = slice(None), output: str | None = None
    ) -> str:
        """Multiply by ``rows`` of a layer's weights in 8 bits, which is exact in any order."""
        weight = self._weights[f"{name}.weight"][rows].T
        step = np.maximum(np.abs(weight).max(axis=0), 1e-8) / _STEPS
        whole, scale, zero = self._eight_bits(value, name)
        return self._op(
            "MatMulIntegerToFloat",
            whole,
            self._constant(np.round(weight / step).astype(np.int8)),
            scale,
            self._constant(step.astype(np.float32)),
            zero,
            self._constant(np.zeros(weight.shape[1], np.int8)),
            self._constant(self._weights[f"{name}.bias"][rows].astype(np.float32)),
            domain=_OWN,
            output=output,
        )

    def _eight_bits(self, value: str, name: str) -> tuple[str, str, str]:
        """Return what a layer reads as 8-bit numbers, once for all its parts; scale and zero."""
        if (value, name) not in self._quantized:
            low, high = self._ranges[name]
            step = (max(high, 0.0) - min(low, 0.0)) / 255
            scale = self._constant(np.float32(step))
            zero = self._constant(np.uint8(np.clip(round(-min(low, 0.0) / step), 0, 255)))
            whole = self._op("QuantizeLinear", value, scale, zero)
            self._quantized[value, name] = whole, scale, zero
        return self._quantized[value, name]

    def _norm(self, value: str, name: str) -> str:
        weight, bias = (
            self._constant(self._weights[f"{name}.{part}"].astype(np.float32))
            for part in ("weight", "bias")
        )
        return self._op("LayerNormalization", value, weight, bias, axis=-1, epsilon=_EPSILON)

    def _number(self, value: float) -> str:
        return self._constant(np.float32(value))

    def _whole(self, values: list[int]) -> str:
        return self._constant(np.array(values, np.int64))

    def _constant(self, array: np.ndarray, name: str | None = None) -> str:
        name = name or f"constant{len(self._constants)}"
        self._constants[name] = onnx.numpy_helper.from_array(np.asarray(array), name)
        return name

    def _op(
        self, kind: str, *inputs: str, output: str | None = None, domain: str = "", **options: Any
    ) -> str:
        self._made += 1
        output = output or f"value{self._made}"
        self._nodes.append(
            onnx.helper.make_node(kind, list(inputs), [output], domain=domain, **options)
        )
        return output

    def _finished(self, width: int) -> Any:
        info, kinds = onnx.helper.make_tensor_value_info, onnx.TensorProto
        graph = onnx.helper.make_graph(
            self._nodes,
            "stance",
            [
                info("ids", kinds.INT64, ["n", "length"]),
                info("mask", kinds.INT32, ["n", "length"]),
                info("at", kinds.INT64, ["n", 2]),
            ],
            [
                info("outputs", kinds.FLOAT, ["n", 5]),
                info("evidence", kinds.FLOAT, ["n", "length"]),
            ],
            list(self._constants.values()),
        )
        opsets = [onnx.helper.make_opsetid("", 17), onnx.helper.make_opsetid(_OWN, 1)]
        return onnx.helper.make_model(graph, opset_imports=opsets, ir_version=9)
