"""Silero VAD's network in NumPy: some 0.7 million products for 32 ms of sound.

ONNX Runtime spends longer on the shapes in that graph than on its products, and twenty megabytes of
memory besides. Structure: a short-time Fourier transform as a convolution, four convolutions over
its magnitudes, one LSTM cell, one product (Silero VAD v5, MIT licence). Held against the original
by a test.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import as_strided

Array = npt.NDArray[np.float32]

STRIDES = (1, 2, 2, 1)
TAPS = 3
HIDDEN = 128


class _Convolution:
    """Three taps, padded by one, rectified. `buffer[1:-1]` is its input, frames x channels."""

    def __init__(self, weight: Array, bias: Array, frames: int, stride: int) -> None:
        channels = weight.shape[1]
        kernel = np.ascontiguousarray(weight.transpose(2, 1, 0).reshape(TAPS * channels, -1))
        self.buffer = np.zeros((frames + 2, channels), dtype=np.float32)
        self.frames = (frames - 1) // stride + 1
        if self.frames == 1:
            # Taps beyond the ends see only zeros.
            self._kernel = kernel[channels : channels * (1 + frames)]
            self._seen = self.buffer[1:-1].reshape(1, -1)
        else:
            self._kernel = kernel
            item, step = self.buffer.itemsize, stride * self.buffer.strides[0]
            self._seen = as_strided(self.buffer, (self.frames, TAPS * channels), (step, item))
        self._bias = bias
        self._sum = np.empty((self.frames, kernel.shape[1]), dtype=np.float32)

    def run(self, out: Array) -> None:
        np.matmul(self._seen, self._kernel, out=self._sum)
        self._sum += self._bias
        np.maximum(self._sum, 0.0, out=out)


class Network:
    """The network of one rate, shared by all calls: it keeps nothing between two windows."""

    def __init__(self, weights: Mapping[str, Array], rate: int) -> None:
        """`weights` as `silero_weights` names them; `rate` is 8000 or 16000 Hz."""

        def of(name: str) -> Array:
            return np.asarray(weights[f"{rate}.{name}"], dtype=np.float32)

        self.window = 512 if rate == 16_000 else 256
        self.context = rate // 250
        basis = of("basis")[:, 0, :]
        self._bins = len(basis) // 2
        self._basis = np.ascontiguousarray(basis.T)
        size = basis.shape[1]
        self._mirrored = size // 4
        length = self.context + self.window + self._mirrored
        self.input = np.zeros(length, dtype=np.float32)
        frames = (length - size) // (size // 2) + 1
        self._frames = as_strided(self.input, (frames, size), (size // 2 * 4, 4))
        self._spectrum = np.empty((frames, len(basis)), dtype=np.float32)
        self._layers = []
        for layer, stride in enumerate(STRIDES):
            convolution = _Convolution(of(f"weight{layer}"), of(f"bias{layer}"), frames, stride)
            self._layers.append(convolution)
            frames = convolution.frames
        self._recurrent = np.ascontiguousarray(
            np.concatenate([of("input_weight"), of("state_weight")], axis=1).T
        )
        self._recurrent_bias = of("input_bias") + of("state_bias")
        self._cell_input = np.zeros(2 * HIDDEN, dtype=np.float32)
        self._encoded = self._cell_input[:HIDDEN].reshape(1, -1)
        self._last = of("last_weight").reshape(-1)
        self._last_bias = float(of("last_bias")[0])

    def run(self, hidden: Array, cell: Array) -> tuple[float, Array, Array]:
        """Probability (0..1) that `input[: context + window]` ends in speech, and the new state."""
        end = self.context + self.window
        self.input[end:] = self.input[end - 2 : end - 2 - self._mirrored : -1]
        np.matmul(self._frames, self._basis, out=self._spectrum)
        np.square(self._spectrum, out=self._spectrum)
        power = self._layers[0].buffer[1:-1]
        np.add(self._spectrum[:, : self._bins], self._spectrum[:, self._bins :], out=power)
        np.sqrt(power, out=power)
        for layer, following in zip(self._layers, self._layers[1:], strict=False):
            layer.run(following.buffer[1:-1])
        self._layers[-1].run(self._encoded)
        self._cell_input[HIDDEN:] = hidden
        gates = self._cell_input @ self._recurrent
        gates += self._recurrent_bias
        candidate = np.tanh(gates[2 * HIDDEN : 3 * HIDDEN])
        opened = _logistic(gates)
        cell = opened[HIDDEN : 2 * HIDDEN] * cell + opened[:HIDDEN] * candidate
        hidden = opened[3 * HIDDEN :] * np.tanh(cell)
        score = float(np.maximum(hidden, 0.0) @ self._last) + self._last_bias
        return float(1 / (1 + np.exp(-score))), hidden, cell


def _logistic(values: Array) -> Array:
    # Of tanh, which can't overflow.
    half: Array = np.tanh(0.5 * values)
    half += 1.0
    half *= 0.5
    return half
