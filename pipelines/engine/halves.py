"""Cuts a Piper voice in two; a program that ends, because the means to do it are large.

    python -m pipelines.engine.halves VOICE.onnx FOLDER

A Piper voice (VITS: Kim, Kong and Son 2021) is two networks in one file. The encoder turns phonemes
into latent frames and says how long each phoneme lasts, the decoder turns frames into samples. Both
are kept optimised, so that loading them is a matter of milliseconds, with their weights in files of
their own, which ONNX Runtime maps into memory instead of reading them. There weights have 16 bits,
and each layer's are made floats of 32 when its turn comes: for a millisecond or two a sentence the
voice holds half as much. What it says differs by a fiftieth to a two-hundredth (34 to 45 dB below).
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from config.derived import derived

VERSION = 3
LATENT = "/Mul_7_output_0"
"""What the decoder of Piper's exported voices takes."""
ENCODER = "encoder.onnx"
DECODER = "decoder.onnx"
LEAST_BYTES = 1024
"""Smaller weights stay in the graph."""
LEAST_SHORT = 4096
"""Weights with fewer numbers stay as they are."""


def halves(voice: Path, home: Path) -> tuple[Path, Path]:
    """Encoder and decoder of a voice; cut when this voice never was.

    Raises:
        ModelUnusable: it is no Piper voice.
    """
    folder = derived(voice, home, __name__, VERSION)
    return folder / ENCODER, folder / DECODER


def cut(voice: Path, folder: Path) -> None:
    """Write both halves of `voice` into `folder`."""
    import onnx
    import onnx.utils

    model = onnx.load(str(voice))
    made = {name for node in model.graph.node for name in node.output}
    durations = [node.output[0] for node in model.graph.node if node.op_type == "Ceil"]
    if LATENT not in made or len(durations) != 1:
        raise SystemExit(f"{voice.name} is no Piper voice this worker can cut; use a VITS export.")
    extractor = onnx.utils.Extractor(model)
    inputs = [item.name for item in model.graph.input]
    parts = {
        ENCODER: extractor.extract_model(inputs, [LATENT, durations[0]]),
        DECODER: extractor.extract_model([LATENT], [model.graph.output[0].name]),
    }
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        for name, part in parts.items():
            plain = Path(scratch, name)
            onnx.save(part, str(plain))
            optimised = Path(scratch, f"optimised-{name}")
            _optimise(plain, optimised)
            _shorten(optimised, folder / name)


def _optimise(plain: Path, out: Path) -> None:
    import onnxruntime

    options: Any = onnxruntime.SessionOptions()
    # What is beyond this depends on the processor, and a home may move to another machine.
    level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.graph_optimization_level = level
    options.optimized_model_filepath = str(out)
    onnxruntime.InferenceSession(str(plain), options, providers=["CPUExecutionProvider"])


def _shorten(whole: Path, out: Path) -> None:
    """Write the network of `whole` with weights of 16 bits that are cast when they are used."""
    import numpy as np
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    model = onnx.load(str(whole))
    graph = model.graph
    kept, short, casts = [], [], []
    for weights in graph.initializer:
        values = numpy_helper.to_array(weights)
        if values.dtype == np.float32 and values.size >= LEAST_SHORT:
            name = f"{weights.name}/short"
            short.append(numpy_helper.from_array(values.astype(np.float16), name))
            casts.append(helper.make_node("Cast", [name], [weights.name], to=TensorProto.FLOAT))
        else:
            kept.append(weights)
    # First in the file: so ONNX Runtime runs each just before it is needed. What stands later it
    # runs long before, and a third of all weights would be whole at a time.
    nodes = [*casts, *graph.node]
    del graph.node[:], graph.initializer[:]
    graph.node.extend(nodes)
    graph.initializer.extend([*kept, *short])
    onnx.save(
        model, str(out), save_as_external_data=True,
        location=out.with_suffix(".weights").name, size_threshold=LEAST_BYTES,
    )  # fmt: skip


if __name__ == "__main__":
    cut(Path(sys.argv[1]), Path(sys.argv[2]))
