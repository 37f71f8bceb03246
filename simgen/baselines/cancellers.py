"""Crosstalk cancellers by name, designed on what the design split tells and nothing else.

All are designed on a grid four times as long as the filters, within the band that is graded and
fades into doing nothing on both sides of it; levels are relative to doing nothing, so that a cap
means the same for each.
"""

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simgen.baselines.filter_task import Designer, FilterBaseline, FilterTask
from simgen.constants import HEAD_RADIUS
from simgen.playback.approximate_heads import shadowed_response
from simgen.playback.crosstalk import regularised_inverse
from simgen.playback.fir_filters import crossfade_to_natural, fir_taps
from simgen.playback.gain_capped import gain_capped_inverse
from simgen.playback.natural import natural_routing, natural_target, relative_plant
from simgen.playback.null_steering import softened_nulls
from simgen.playback.pose_averaged import pose_averaged_inverse

__all__ = ["CANCELLERS"]

NUM_TAPS: Final = 2048
"""The most that the protocol ctc/1 takes: its bass needs them."""

GRID: Final = 4 * NUM_TAPS
"""Samples of the design's transform, so that what is folded in shows and is small."""

BAND: Final = (85.0, 14_500.0)
"""In Hz: a little more than the band outside which filters are natural."""

CAP_DB: Final = 6.0
"""Largest gain over doing nothing: under the 10 dB that the protocol takes free of charge, with
room for what robust designs lose at the ears."""

BETA: Final = 0.01
"""Constant regularisation relative to the power of a direct path: 20 dB of dynamic range."""

Taps = NDArray[np.float64]
Plants = NDArray[np.complex128]
Design = Callable[[Plants], Plants]


def _frequencies(task: FilterTask) -> NDArray[np.float64]:
    """Return the frequencies of the design in Hz."""
    return np.asarray(np.fft.rfftfreq(GRID, 1.0 / task.sample_rate), dtype=np.float64)


def _in_band(frequency: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell which frequencies a design covers."""
    return np.asarray((frequency >= BAND[0]) & (frequency <= BAND[1]))


def _realised(plants: Plants, frequency: NDArray[np.float64], design: Design) -> Taps:
    """Design filters for plants (pose, frequency, ear, driver) and return their taps."""
    band = _in_band(frequency)
    filters = natural_routing(len(frequency), plants.shape[-1])
    filters[band] = design(plants[:, band])
    return fir_taps(crossfade_to_natural(filters, frequency), num_taps=NUM_TAPS)


def _on_responses(design: Design) -> Designer:
    """Return what designs on the responses of a task."""

    def designer(task: FilterTask) -> Taps:
        frequency = _frequencies(task)
        plants = np.moveaxis(np.fft.rfft(task.responses, GRID), -1, 1)
        return _realised(plants, frequency, design)

    return designer


def _on_a_model(model: Callable[[FilterTask, NDArray[np.float64]], Plants]) -> Designer:
    """Return what inverts a model of the head, up to the cap, and knows no responses."""

    def designer(task: FilterTask) -> Taps:
        frequency = _frequencies(task)
        return _realised(model(task, frequency)[None], frequency, _capped)

    return designer


def _one_pose(invert: Design) -> Design:
    """Return what designs on the nominal pose alone, relative to doing nothing."""
    return lambda plants: invert(relative_plant(plants[0]))


def _cap() -> float:
    """Return the cap as a factor."""
    return float(10.0 ** (CAP_DB / 20.0))


def _do_nothing(task: FilterTask) -> Taps:
    """Route left to the leftmost driver and right to the rightmost, without a delay."""
    taps = np.zeros((len(task.drivers), 2, NUM_TAPS))
    taps[..., 0] = natural_routing(1, len(task.drivers))[0].real
    return taps


_perfect: Final = _one_pose(lambda plant: regularised_inverse(plant, beta=0.0))
_constant_beta: Final = _one_pose(lambda plant: regularised_inverse(plant, beta=BETA))
_capped: Final = _one_pose(lambda plant: gain_capped_inverse(plant, gain_cap=_cap()))


def _robust(least_loading: float) -> Design:
    """Return the design of least squares over all poses."""
    return lambda plants: pose_averaged_inverse(
        plants, natural_target(plants), gain_cap=_cap(), least_loading=least_loading
    )


def _nulls(plants: Plants) -> Plants:
    """Keep each signal at its ear and steer it away from where the other ear may be."""
    around = np.stack([relative_plant(plant) for plant in plants])
    return softened_nulls(around[0], around, gain_cap=_cap(), least_loading=0.03)


def _brown_duda(task: FilterTask, frequency: NDArray[np.float64]) -> Plants:
    """Model the head by a delay, a pole and a zero at each ear.

    Relative to doing nothing only the ratio of the ears counts, so that a near ear made flat (an
    all-pass, with a delayed low-pass at the far one) gives the same filters.
    """
    azimuth = np.arctan2(task.drivers[:, 1], task.drivers[:, 0])
    incidence = np.arccos(np.sin(azimuth))
    ears = [
        shadowed_response(frequency, angle, radius=HEAD_RADIUS, speed_of_sound=task.speed_of_sound)
        for angle in (incidence, math.pi - incidence)
    ]
    return np.stack(ears, axis=1) * _travel(task, frequency)


def _travel(task: FilterTask, frequency: NDArray[np.float64]) -> Plants:
    """Return what the way to the head's centre does to each driver, (frequency, 1, driver)."""
    distance = np.linalg.norm(task.drivers, axis=1)
    turns = frequency[:, None] * (distance - distance.min()) / task.speed_of_sound
    return np.asarray((np.exp(-2j * np.pi * turns) / distance)[:, None])


def _baseline(
    name: str, design: Designer, description: str, **parameters: float | str
) -> FilterBaseline:
    return FilterBaseline(
        name=name,
        parameters={"taps_count": NUM_TAPS if name != "nothing" else 1, **parameters},
        description=description,
        design=design,
    )


_ALL: Final = (
    _baseline("nothing", _do_nothing, "Left to the leftmost driver, right to the rightmost."),
    _baseline(
        "perfect-inverse",
        _on_responses(_perfect),
        "The inverse at the nominal pose, whatever gain it takes.",
    ),
    _baseline(
        "constant-beta",
        _on_responses(_constant_beta),
        "The regularised inverse at the nominal pose (Kirkeby et al. 1998).",
        beta_relative=BETA,
    ),
    _baseline(
        "gain-capped",
        _on_responses(_capped),
        "The inverse at the nominal pose, with a cap on the gain of every mode.",
        cap_db=CAP_DB,
    ),
    _baseline(
        "robust",
        _on_responses(_robust(0.01)),
        "Least squares over the design's poses, loaded up to a cap on gain (Ward 2000).",
        cap_db=CAP_DB,
        least_loading_relative=0.01,
    ),
    _baseline(
        "robust-loaded",
        _on_responses(_robust(0.03)),
        "Least squares over the design's poses, loaded more for what is wrong with drivers.",
        cap_db=CAP_DB,
        least_loading_relative=0.03,
    ),
    _baseline(
        "null-steering",
        _on_responses(_nulls),
        "Each signal undistorted at its ear, and least at where the other ear may be (Cox 1987).",
        cap_db=CAP_DB,
        least_loading_relative=0.03,
    ),
    _baseline(
        "brown-duda",
        _on_a_model(_brown_duda),
        "The gain-capped inverse of a head of one pole and zero (Brown and Duda 1998).",
        cap_db=CAP_DB,
    ),
)

CANCELLERS: Final[Mapping[str, FilterBaseline]] = MappingProxyType(
    {baseline.name: baseline for baseline in _ALL}
)
"""Every canceller by its name."""
