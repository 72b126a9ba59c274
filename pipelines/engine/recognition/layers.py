"""What Whisper's layers are made of, in NumPy: its encoder and decoder are run here where
CTranslate2 can't be told what is wanted of them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

EPSILON = 1e-5
_SLOPE, _CUBIC = np.float32(1.5957691), np.float32(1.5957691 * 0.044715)

Floats = npt.NDArray[np.float32]


def normal(states: Floats, gamma: Floats, beta: Floats) -> Floats:
    """Each row (the last axis) brought to a mean of zero and a spread of one, then scaled."""
    centred: Floats = states - states.mean(axis=-1, keepdims=True)
    centred /= np.sqrt(np.square(centred).mean(axis=-1, keepdims=True) + EPSILON)
    centred *= gamma
    centred += beta
    return centred


def gelu(x: Floats) -> Floats:
    """Gaussian error linear units by their usual approximation (Hendrycks and Gimpel 2016), which
    is within 0.0005: x times the logistic function of 1.596 (x + 0.0447 x^3)."""
    y = x * x
    y *= -_CUBIC
    y -= _SLOPE
    y *= x
    # Far below zero it is zero, as it should be.
    with np.errstate(over="ignore"):
        np.exp(y, out=y)
    y += 1
    np.divide(x, y, out=y)
    return y
