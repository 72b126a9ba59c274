"""Arrays read out of model files, as CTranslate2's converters write them."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from pipelines.engine.recognition.full_window import FullWindow
from pipelines.engine.recognition.model_file import ModelFile

BRAIN_FLOATS = 5


def text(value: str) -> bytes:
    return struct.pack("<H", len(value) + 1) + value.encode() + b"\0"


def variable(name: str, array: npt.NDArray[np.generic], dtype: int) -> bytes:
    shape = struct.pack(f"<B{array.ndim}I", array.ndim, *array.shape)
    return text(name) + shape + struct.pack("<BI", dtype, array.nbytes) + array.tobytes()


def model_file(*variables: bytes, version: int = 6) -> bytes:
    head = struct.pack("<I", version) + text("WhisperSpec") + struct.pack("<I", 3)
    return head + struct.pack("<I", len(variables)) + b"".join(variables) + struct.pack("<I", 0)


HALVES = np.arange(6, dtype=np.float16).reshape(2, 3) / 2
FLOATS = np.array([0.1, -2.5], dtype=np.float32)
WHOLE = model_file(
    variable("a/weight", HALVES, 4),
    variable("unknown", np.zeros(3, np.uint16), BRAIN_FLOATS),
    variable("a/bias", FLOATS, 0),
    variable("heads", np.array(6, dtype=np.int16), 2),
)


def test_arrays_are_read_by_name_with_their_shapes(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(WHOLE)
    read = ModelFile.of(tmp_path / "model.bin")
    assert set(read.arrays) == {"a/weight", "a/bias", "heads"}
    for _ in range(2):
        np.testing.assert_array_equal(read.arrays["a/weight"], HALVES)
        np.testing.assert_array_equal(read.arrays["a/bias"], FLOATS)
        assert read.arrays["a/weight"].dtype == np.float16 and int(read.arrays["heads"]) == 6
        read.give_back()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"PK\x03\x04 something else entirely", id="something else"),
        pytest.param(model_file(version=7), id="a version to come"),
        *(
            pytest.param(WHOLE[:size], id=f"cut at {size}")
            for size in (3, 20, 30, 60, len(WHOLE) - 9)
        ),
    ],
)
def test_other_files_are_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "model.bin").write_bytes(content)
    with pytest.raises(ValueError):
        ModelFile.of(tmp_path / "model.bin")
    assert FullWindow.of_model(tmp_path) is None


def test_a_model_that_is_no_whisper_has_no_full_window(tmp_path: Path) -> None:
    assert FullWindow.of_model(tmp_path) is None
    (tmp_path / "model.bin").write_bytes(WHOLE)
    assert FullWindow.of_model(tmp_path) is None
