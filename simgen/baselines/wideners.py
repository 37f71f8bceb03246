"""Filters by name that widen the stage of a narrow device.

Side boosts make the difference of left and right louder. Virtual pairs cancel crosstalk and let
the ears hear what a stereo pair would send them, which stays where it is while the head moves.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simgen.baselines.baseline import Baseline
from simgen.baselines.filter_task import FilterTask
from simgen.playback.crosstalk import regularised_inverse
from simgen.playback.fir_filters import crossfade_to_natural, fir_taps
from simgen.playback.gain_capped import gain_capped_inverse
from simgen.playback.natural import natural_target
from simgen.playback.pose_averaged import pose_averaged_inverse
from simgen.playback.virtualisation import equalise_bands, virtual_loudspeakers

__all__ = ["WIDENERS", "StageTask", "WidenerBaseline"]

NUM_TAPS: Final = 2048
"""The most that the protocol stage/1 takes."""

GRID: Final = 4 * NUM_TAPS
"""Samples of the design's transform, so that what is folded in shows and is small."""

LEAST_LOADING: Final = 0.01
"""Of robust designs, relative to a driver's mean power."""

SHUFFLER_CORNER: Final = 700.0
"""Frequency in Hz below which a shuffler boosts more: there the head is small."""

Taps = NDArray[np.float64]
Responses = NDArray[np.complex128]


@dataclass(frozen=True)
class StageTask:
    """A device, what is known of the listener, and the pair to be heard.

    Attributes
    ----------
    device
        The device; its first pose is the middle seat.
    pair
        From a stereo pair at +-30 degrees to the ears at the same poses, shape
        (pose, ear, 2, sample).
    """

    device: FilterTask
    pair: NDArray[np.float64]


@dataclass(frozen=True)
class WidenerBaseline(Baseline):
    """A reference design.

    Attributes
    ----------
    design
        From a task to taps, shape (driver, input, tap).
    """

    design: Callable[[StageTask], Taps]


def _routed(task: StageTask, straight: Taps, crossed: Taps) -> Taps:
    """Send each input to its side through taps, and to the other through others."""
    taps = np.zeros((len(task.device.drivers), 2, len(straight)))
    taps[0, 0] = taps[-1, 1] = straight
    taps[0, 1] = taps[-1, 0] = crossed
    return taps


def _side_boost(boost_db: float) -> Callable[[StageTask], Taps]:
    """Return the design that makes the difference of the inputs louder."""

    def design(task: StageTask) -> Taps:
        impulse = 1.0 * (np.arange(64) == 0)
        side = 10.0 ** (boost_db / 20.0)
        return _routed(task, 0.5 * (1.0 + side) * impulse, 0.5 * (1.0 - side) * impulse)

    return design


def _shuffler(low_db: float, high_db: float) -> Callable[[StageTask], Taps]:
    """Return the design that makes the difference louder, and more so in the bass."""

    def design(task: StageTask) -> Taps:
        num_taps = 512
        frequency = np.fft.rfftfreq(num_taps, 1.0 / task.device.sample_rate)
        low = 1.0 / (1.0 + (frequency / SHUFFLER_CORNER) ** 4)
        gain = 10.0 ** ((low * low_db + (1.0 - low) * high_db) / 20.0)
        centred = np.roll(np.fft.irfft(gain), num_taps // 2)
        side = centred * np.hanning(num_taps + 1)[:num_taps]
        middle = 1.0 * (np.arange(num_taps) == num_taps // 2)
        return _routed(task, 0.5 * (middle + side), 0.5 * (middle - side))

    return design


@dataclass(frozen=True)
class _Plants:
    """Responses of a device and of the pair on the design's frequencies but 0 Hz."""

    frequency: NDArray[np.float64]
    device: Responses
    pair: Responses

    @property
    def own_level(self) -> NDArray[np.float64]:
        """Mean level in the middle of each ear's own driver, (frequency,)."""
        own = natural_target(self.device[:1])[0]
        return np.asarray(np.abs(own[:, [0, 1], [0, 1]]).mean(axis=1))


def _plants(task: StageTask) -> _Plants:
    frequency = np.fft.rfftfreq(GRID, 1.0 / task.device.sample_rate)
    device, pair = (
        np.moveaxis(np.fft.rfft(each, GRID), -1, 1)[:, 1:]
        for each in (task.device.responses, task.pair)
    )
    return _Plants(np.asarray(frequency[1:], dtype=np.float64), device, pair)


def _realised(plants: _Plants, filters: Responses, *, is_levelled: bool) -> Taps:
    """Return taps, as loud as the pair in bands if wished, natural outside the band."""
    if is_levelled:
        filters = equalise_bands(
            filters, plants.device, reference=plants.pair[0], frequency=plants.frequency
        )
    faded = crossfade_to_natural(filters, plants.frequency)
    return fir_taps(np.concatenate([faded[:1].real, faded]), num_taps=NUM_TAPS)


def _robust_pair(cap_db: float, *, is_levelled: bool = True) -> Callable[[StageTask], Taps]:
    """Return the design of a pair heard through a canceller over all poses."""

    def design(task: StageTask) -> Taps:
        plants = _plants(task)
        cancelling = pose_averaged_inverse(
            plants.device,
            natural_target(plants.device),
            gain_cap=10.0 ** (cap_db / 20.0),
            least_loading=LEAST_LOADING,
        )
        own = natural_target(plants.device[:1])[0]
        wanted = plants.pair[0] / (0.5 * np.trace(own, axis1=1, axis2=2))[:, None, None]
        filters = virtual_loudspeakers(cancelling, wanted)
        return _realised(plants, filters, is_levelled=is_levelled)

    return design


def _one_seat(invert: Callable[[_Plants], Responses]) -> Callable[[StageTask], Taps]:
    """Return the design of a pair heard through an inverse in the middle."""

    def design(task: StageTask) -> Taps:
        plants = _plants(task)
        filters = virtual_loudspeakers(invert(plants), plants.pair[0])
        return _realised(plants, filters, is_levelled=True)

    return design


def _capped(plants: _Plants) -> Responses:
    """Invert in the middle with gains up to 6 dB over a direct path."""
    cap = 10.0 ** (6.0 / 20.0) / float(plants.own_level.mean())
    return gain_capped_inverse(plants.device[0], gain_cap=cap)


def _constant(plants: _Plants) -> Responses:
    """Invert in the middle with one regularisation."""
    return regularised_inverse(plants.device[0], beta=0.1 * float(plants.own_level.mean()) ** 2)


def _perfect(plants: _Plants) -> Responses:
    """Invert in the middle whatever it takes."""
    return np.linalg.pinv(plants.device[0])


_ALL: Final = (
    WidenerBaseline(
        "nothing", {}, "Left to the leftmost driver, right to the rightmost.", _side_boost(0.0)
    ),
    WidenerBaseline(
        "side-boost", {"side_db": 6.0}, "The difference of left and right louder.", _side_boost(6.0)
    ),
    WidenerBaseline(
        "shuffler",
        {"low_db": 12.0, "high_db": 6.0, "corner_hz": SHUFFLER_CORNER},
        "The difference of left and right louder, and more so in the bass (Blumlein 1931).",
        _shuffler(12.0, 6.0),
    ),
    WidenerBaseline(
        "virtual-pair",
        {"cap_db": 6.0, "least_loading_relative": LEAST_LOADING},
        "A pair heard through a canceller over places, with its level in sixth octaves.",
        _robust_pair(6.0),
    ),
    WidenerBaseline(
        "virtual-pair-unlevelled",
        {"cap_db": 6.0, "least_loading_relative": LEAST_LOADING},
        "The same without its level.",
        _robust_pair(6.0, is_levelled=False),
    ),
    WidenerBaseline(
        "virtual-pair-one-seat",
        {"cap_db": 6.0},
        "A pair heard through the gain-capped inverse in the middle.",
        _one_seat(_capped),
    ),
    WidenerBaseline(
        "virtual-pair-constant-beta",
        {"beta_relative": 0.1},
        "A pair heard through the regularised inverse in the middle.",
        _one_seat(_constant),
    ),
    WidenerBaseline(
        "virtual-pair-perfect",
        {},
        "A pair heard through the inverse in the middle, whatever it takes.",
        _one_seat(_perfect),
    ),
)

WIDENERS: Final[Mapping[str, WidenerBaseline]] = MappingProxyType(
    {baseline.name: baseline for baseline in _ALL}
)
"""Every widener by its name."""
