"""The ears of a measured head: every image through the response of its direction."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.speed.peers import PRA_FILTER_LENGTH, pyroomacoustics
from benchmarks.speed.work import SIZE, Work

__all__ = [
    "MAX_ORDER",
    "PyroomacousticsEars",
    "SimgenEars",
    "ear_difference",
    "missing",
    "num_images",
    "num_samples",
]

MAX_ORDER = 20
"""Most walls that an image has met."""

_MODULES = {
    "pyroomacoustics": "pyroomacoustics",
    "sofa": "python-sofa",
    "spatialaudiometrics": "spatialaudiometrics --no-deps",
}
"""What reads the measured head, and what to install for it."""

_DIRECT = 0.0025
"""Time in s from its arrival in which the direct sound is alone, before any reflection."""

_DECAY = (-5.0, -35.0)
"""Levels in dB between which decays are compared (ISO 3382-1: T30)."""


class SimgenEars:
    """simgen with the measured head, which is read beforehand."""

    def __init__(self, center: tuple[float, float, float]) -> None:
        from simgen.acoustics.heads import measured_head
        from simgen.exchange.heads import head_of
        from simgen.exchange.sofa import read_impulse_responses

        self.ears = measured_head(head_of(read_impulse_responses(_sofa_file())), center)

    def __call__(self, work: Work) -> NDArray[np.float32]:
        """Compute the responses, (source, ear, sample)."""
        from simgen.acoustics.responses import box_responses
        from simgen.acoustics.room import BoxRoom

        return box_responses(
            BoxRoom(work.size, work.absorption * 6, work.speed_of_sound),
            work.sources.tolist(),
            self.ears,
            sample_rate=work.sample_rate,
            num_samples=num_samples(work),
            max_order=MAX_ORDER,
        )


class PyroomacousticsEars:
    """pyroomacoustics with the measured head, which is read, resampled and sorted beforehand."""

    def __init__(self, center: tuple[float, float, float], sample_rate: int) -> None:
        pyroomacoustics()
        from pyroomacoustics.directivities import MeasuredDirectivityFile, Rotation3D

        file = MeasuredDirectivityFile(_sofa_file(), fs=sample_rate)
        ahead = Rotation3D([0.0, 0.0], "yz")
        self.directivities = [file.get_mic_directivity(ear, ahead) for ear in range(2)]
        # Measured responses hold the way around the head, so both ears are at its centre.
        self.positions = np.array([center, center]).T

    def __call__(self, work: Work) -> NDArray[np.float32]:
        """Compute the responses, (source, ear, sample), with the delay that the file has."""
        pra = pyroomacoustics()
        shoebox = pra.ShoeBox(
            work.size,
            fs=work.sample_rate,
            materials=pra.Material(work.absorption[0]),
            max_order=MAX_ORDER,
        )
        shoebox.set_sound_speed(work.speed_of_sound)
        for source in work.sources:
            shoebox.add_source(source)
        shoebox.add_microphone_array(self.positions, directivity=self.directivities)
        shoebox.compute_rir()
        return self._as_array(shoebox.rir, num_samples(work))

    def _as_array(self, rirs: list[list[Any]], length: int) -> NDArray[np.float32]:
        """Return pyroomacoustics' [ear][source] as (source, ear, sample)."""
        delay = PRA_FILTER_LENGTH // 2
        responses = np.zeros((len(rirs[0]), len(rirs), length), dtype=np.float32)
        for ear, of_ear in enumerate(rirs):
            for source, rir in enumerate(of_ear):
                taps = rir[delay : delay + length]
                responses[source, ear, : len(taps)] = taps / (4.0 * np.pi)
        return responses


def missing() -> str:
    """Return what to install for pyroomacoustics with a measured head; empty if it is there."""
    absent = [package for module, package in _MODULES.items() if find_spec(module) is None]
    return "; ".join(f"not installed: pip install {package}" for package in absent)


def num_samples(work: Work) -> int:
    """Return a length in which even the last image of the order arrives, with its filter."""
    farthest = (MAX_ORDER + 1) * max(SIZE)
    return int(np.ceil((farthest / work.speed_of_sound + 0.02) * work.sample_rate))


def num_images(work: Work) -> int:
    """Count the images up to the order, over all sources and both ears."""
    # Crossings of three axes: one image for each integer point of an octahedron.
    n = MAX_ORDER
    return (2 * n + 1) * (2 * n * n + 2 * n + 3) // 3 * len(work.sources) * 2


def ear_difference(
    ours: NDArray[np.float32], theirs: NDArray[np.float32], sample_rate: int
) -> dict[str, float]:
    """Compare what two engines let ears hear: the greatest differences over all sources.

    Parameters
    ----------
    ours, theirs
        Shape (source, ear, sample), with any common delay and level.
    sample_rate
        In Hz.

    Returns
    -------
    Interaural time difference of the direct sound in us and its level difference in dB; and
    the decay of energy, from its start, in dB.
    """
    pairs = list(zip(ours.astype(np.float64), theirs.astype(np.float64), strict=True))
    cues = np.array([[_cues(one, sample_rate) for one in pair] for pair in pairs])
    differences = np.max(np.abs(cues[:, 0] - cues[:, 1]), axis=0)
    decays = [_decay_difference(a, b) for pair in pairs for a, b in zip(*pair, strict=True)]
    return {
        "itd_us": round(float(differences[0]) * 1e6, 1),
        "ild_db": round(float(differences[1]), 2),
        "decay_db": round(max(decays), 2),
    }


def _cues(ears: NDArray[np.float64], sample_rate: int) -> tuple[float, float]:
    """Return the interaural time difference in s and level difference in dB of direct sound."""
    start = _onset(ears)
    direct = ears[:, start : start + round(_DIRECT * sample_rate)]
    finer = 16
    size = 4 * direct.shape[1]
    left, right = np.fft.rfft(direct, size)
    correlation = np.fft.irfft(left * np.conj(right), finer * size)
    lag = int(np.argmax(correlation))
    lag -= finer * size if lag > finer * size // 2 else 0
    energies = np.sum(direct**2, axis=1)
    return lag / (finer * sample_rate), float(10.0 * np.log10(energies[0] / energies[1]))


def _onset(ears: NDArray[np.float64]) -> int:
    """Return a sample just before anything is heard."""
    loud = np.max(np.abs(ears), axis=0)
    return max(int(np.argmax(loud >= 0.1 * loud.max())) - 8, 0)


def _decay_difference(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """Return the greatest difference in dB of two decays, from 5 to 35 dB below the start."""
    curves = []
    for response in (first, second):
        left = np.cumsum(response[::-1] ** 2)[::-1]
        curves.append(10.0 * np.log10(left[_onset(response[None]) :] / left[0] + 1e-12))
    length = min(len(curve) for curve in curves)
    one, other = (curve[:length] for curve in curves)
    counted = (one <= _DECAY[0]) & (one >= _DECAY[1])
    return float(np.max(np.abs(one - other)[counted]))


def _sofa_file() -> Path:
    """Return the example of a measured head that ``spatialaudiometrics`` ships, unimported."""
    spec = find_spec("spatialaudiometrics")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("spatialaudiometrics")
    return Path(spec.submodule_search_locations[0]) / "example_sofa_1.sofa"
