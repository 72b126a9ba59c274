"""Takes the weights out of Silero's file; a program that ends: reading ONNX takes a library.

python -m pipelines.silero_weights silero_vad.onnx FOLDER
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np

from config.derived import derived

VERSION = 1
NAME = "weights.npz"
BRANCHES = {16_000: "then_branch", 8_000: "else_branch"}
"""The file holds a network for each rate, as the two sides of a condition."""
NAMES = {
    "basis": "stft.forward_basis_buffer",
    **{
        f"{part}{layer}": f"encoder.{layer}.reparam_conv.{part}"
        for layer in range(4)
        for part in ("weight", "bias")
    },
    "input_weight": "rnn.weight_ih",
    "state_weight": "rnn.weight_hh",
    "input_bias": "rnn.bias_ih",
    "state_bias": "rnn.bias_hh",
    "last_weight": "decoder.2.weight",
    "last_bias": "decoder.2.bias",
}


def weights(model: Path, home: Path) -> Path:
    """The file of weights, `{rate}.{name}` for each of `NAMES`; made when it never was.

    Raises:
        ModelUnusable: it is no Silero VAD (version 5 or 6).
    """
    return derived(model, home, __name__, VERSION) / NAME


def take(model: Path, folder: Path) -> None:
    """Write the weights of `model` into `folder`."""
    import onnx

    graph: Any = onnx.load(str(model)).graph
    (condition,) = (node for node in graph.node if node.op_type == "If")
    sides = {side.name: _constants(side.g) for side in condition.attribute}
    found = {}
    for rate, branch in BRANCHES.items():
        for name, ending in NAMES.items():
            values = [value for key, value in sides[branch].items() if key.endswith(ending)]
            if len(values) != 1:
                raise SystemExit(f"{model.name} is no Silero VAD this worker can run: no {ending}.")
            found[f"{rate}.{name}"] = values[0].astype(np.float32)
    np.savez(folder / NAME, allow_pickle=False, **found)


def _constants(graph: Any) -> dict[str, Any]:
    from onnx import numpy_helper

    return {
        node.output[0]: numpy_helper.to_array(node.attribute[0].t)
        for node in graph.node
        if node.op_type == "Constant" and node.attribute[0].name == "value"
    }


if __name__ == "__main__":
    take(Path(sys.argv[1]), Path(sys.argv[2]))
