"""Takes the weights out of a BERT model's file and keeps them in 8 bits; a program that ends.

    python -m rag.bert_weights model.safetensors FOLDER

A matrix becomes whole numbers with a scale for each of its outputs, the words' with one for each
word: a quarter of the memory, and vectors keep a cosine of 0.999 to those of the model as it came.
Each kind of matrix is one file, all layers in it, that can be mapped; what is small is in `SMALL`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt

from config.derived import derived

VERSION = 1
SMALL = "small.npz"
WORDS = "words"
MATRICES = {
    "projections": tuple(f"attention.self.{name}" for name in ("query", "key", "value")),
    "attended": ("attention.output.dense",),
    "wide": ("intermediate.dense",),
    "narrow": ("output.dense",),
}
"""A layer's matrices by the name they have here; several beside each other are one."""
NORMS = {"norm_attended": "attention.output.LayerNorm", "norm_narrow": "output.LayerNorm"}

Floats = npt.NDArray[np.float32]


def weights(model: Path, home: Path) -> Path:
    """The folder with the weights of `model`; made when it never was.

    Raises:
        ModelUnusable: it is no file of a BERT model (Devlin et al. 2019).
    """
    return derived(model, home, __name__, VERSION)


def eight_bits(matrix: Floats, axis: int) -> tuple[npt.NDArray[np.int8], Floats]:
    """Whole numbers of -127 to 127, and the scale along `axis` that makes them `matrix` again."""
    scale = np.abs(matrix).max(axis=axis, keepdims=True) / 127
    scale[scale == 0] = 1
    return np.rint(matrix / scale).astype(np.int8), scale.astype(np.float32)


def take(model: Path, folder: Path) -> None:
    """Write the weights of `model` into `folder`."""
    from safetensors.numpy import load_file

    found = {
        name.removeprefix("bert."): values.astype(np.float32)
        for name, values in load_file(model).items()
    }
    embeddings = "embeddings."
    words, scales = eight_bits(found[f"{embeddings}word_embeddings.weight"], axis=1)
    np.save(folder / f"{WORDS}.npy", words)
    small = {
        f"{WORDS}.scale": scales,
        # Who speaks is never told apart, so their vector joins each place's.
        "places": found[f"{embeddings}position_embeddings.weight"]
        + found[f"{embeddings}token_type_embeddings.weight"][0],
        "norm.weight": found[f"{embeddings}LayerNorm.weight"],
        "norm.bias": found[f"{embeddings}LayerNorm.bias"],
    }
    layers = 1 + max(int(name.split(".")[2]) for name in found if name.startswith("encoder.layer."))

    def of_layers(part: str) -> list[Floats]:
        return [found[f"encoder.layer.{layer}.{part}"] for layer in range(layers)]

    for name, parts in MATRICES.items():
        # (layers, inputs, outputs)
        matrix = np.concatenate([of_layers(f"{part}.weight") for part in parts], axis=1)
        numbers, scales = eight_bits(matrix.transpose(0, 2, 1), axis=1)
        np.save(folder / f"{name}.npy", np.ascontiguousarray(numbers))
        small[f"{name}.scale"] = scales[:, 0]
        small[f"{name}.bias"] = np.concatenate([of_layers(f"{part}.bias") for part in parts], 1)
    for name, part in NORMS.items():
        for kind in ("weight", "bias"):
            small[f"{name}.{kind}"] = np.stack(of_layers(f"{part}.{kind}"))
    np.savez(folder / SMALL, allow_pickle=False, **small)


if __name__ == "__main__":
    try:
        take(Path(sys.argv[1]), Path(sys.argv[2]))
    except (KeyError, TypeError, ValueError) as error:
        sys.exit(f"{sys.argv[1]} holds no BERT model that can be read here: {error}")
