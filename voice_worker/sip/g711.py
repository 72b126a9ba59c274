"""µ-law of ITU-T G.711, for whole arrays of samples. Pure."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

_BIAS, _CLIP = 132, 32_635


def ulaw_encode(pcm: npt.NDArray[np.int16]) -> bytes:
    """16-bit samples to µ-law (ITU-T G.711)."""
    audio = pcm.astype(np.int32)
    magnitude = np.minimum(np.abs(audio), _CLIP) + _BIAS
    exponent = np.floor(np.log2(magnitude)).astype(np.int32) - 7
    mantissa = (magnitude >> (exponent + 3)) & 0x0F
    sign = np.where(audio < 0, 0x80, 0)
    code: npt.NDArray[np.uint8] = (~(sign | (exponent << 4) | mantissa) & 0xFF).astype(np.uint8)
    return code.tobytes()


def ulaw_decode(data: bytes) -> npt.NDArray[np.int16]:
    """µ-law to 16-bit samples."""
    code = ~np.frombuffer(data, dtype=np.uint8)
    exponent = (code >> 4) & 0x07
    magnitude = (((code & 0x0F).astype(np.int32) << 3) + _BIAS << exponent) - _BIAS
    return np.where(code & 0x80, -magnitude, magnitude).astype(np.int16)
