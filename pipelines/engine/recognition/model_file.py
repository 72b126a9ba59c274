"""The weights in a CTranslate2 model's file, without loading the model.

CTranslate2 gives its own programs no access to them. The layout is that of
`ctranslate2/specs/model_spec.py`, which writes such files.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

VERSIONS = range(4, 7)
_DTYPES = {0: np.float32, 1: np.int8, 2: np.int16, 3: np.int32, 4: np.float16}
"""Brain floats (5) are no type of NumPy's."""


@dataclass(frozen=True)
class ModelFile:
    """A file's arrays by name, mapped into memory: what is read of them takes some until it is
    given back."""

    arrays: Mapping[str, npt.NDArray[np.generic]]
    _mapped: mmap.mmap

    @classmethod
    def of(cls, path: Path) -> ModelFile:
        """Raises: ValueError, when the file has another layout; OSError."""
        with path.open("rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        try:
            return cls(_arrays(mapped), mapped)
        except (struct.error, UnicodeDecodeError) as error:
            raise ValueError(f"{path} is no model file: {error}") from error

    def give_back(self) -> None:
        """Free the memory that reading took; arrays stay valid and are read anew."""
        self._mapped.madvise(mmap.MADV_DONTNEED)


def _arrays(mapped: mmap.mmap) -> dict[str, npt.NDArray[np.generic]]:
    at = 0

    def number(form: str) -> int:
        nonlocal at
        (value,) = struct.unpack_from(f"<{form}", mapped, at)
        at += struct.calcsize(f"<{form}")
        return int(value)

    def text() -> str:
        nonlocal at
        length = number("H")
        at += length
        return mapped[at - length : at - 1].decode()

    if (version := number("I")) not in VERSIONS:
        raise ValueError(f"model files of version {version} are not known")
    text(), number("I")  # the model's kind and its revision
    arrays: dict[str, npt.NDArray[np.generic]] = {}
    for _ in range(number("I")):
        name = text()
        shape = tuple(number("I") for _ in range(number("B")))
        dtype, size = number("B"), number("I")
        if dtype in _DTYPES:
            arrays[name] = np.frombuffer(
                mapped, _DTYPES[dtype], size // np.dtype(_DTYPES[dtype]).itemsize, at
            ).reshape(shape)
        at += size
    return arrays
