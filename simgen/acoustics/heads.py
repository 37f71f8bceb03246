"""Heads: two receivers at the ears of a rigid sphere, or of whoever was measured."""

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

import numpy as np
from numpy.polynomial.polynomial import polyfromroots
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import KDTree

from simgen.acoustics.bodies import RigidSphere
from simgen.acoustics.direction_filters import BLOCK, POWERS
from simgen.acoustics.rotation import (
    NO_TURN,
    Quaternion,
    as_quaternion,
    from_room_frame,
    to_room_frame,
)
from simgen.acoustics.spherical_harmonics import as_directions
from simgen.acoustics.spreading import OVERSAMPLING
from simgen.acoustics.transducers import LARGEST_GAIN, Transducer
from simgen.arrays import as_points, as_real, require_between
from simgen.constants import HEAD_RADIUS, REFERENCE_SPEED_OF_SOUND
from simgen.errors import ParameterError, ShapeError

__all__ = [
    "EarKernels",
    "HeadResponses",
    "MeasuredEar",
    "direction_map",
    "measured_head",
    "spherical_head",
]

_MAP_CELLS: Final = 256
"""Cells along each side of the map of directions: about half a degree each."""

_RINGING: Final = 24
"""Samples before and after a response in which its band limit rings."""

_KAISER_BETA: Final = 8.3
"""Shape of the band limit's window: 85 dB down, from 0.444 to 0.556 of the sample rate when it is
48 samples long (J. F. Kaiser, Proc. IEEE Int. Symp. Circuits and Systems 1974, pp. 20-23)."""

_SILENT: Final = 1e-9
"""Taps at either end with less than this share of the energy are left out: -90 dB."""

_ONSET: Final = 0.5
"""Share of a response's peak that marks its arrival: with a clean front and a band limit alike
this is within a tap of it, where the usual tenth finds the ringing before."""


def spherical_head(
    center: tuple[float, float, float],
    orientation: Quaternion = NO_TURN,
    *,
    radius: float = HEAD_RADIUS,
    ear_azimuth: float = math.pi / 2.0,
) -> tuple[Transducer, Transducer]:
    """Return the ears of a head that is a rigid sphere.

    Parameters
    ----------
    center
        In m in the room's frame.
    orientation
        Unit quaternion that takes the head's frame (x front, y left, z up) into the room's.
    radius
        In m.
    ear_azimuth
        Of the left ear in rad, 0 to pi; the right ear lies opposite. 100 degrees is nearer to
        most people than 90 (Duda and Martens 1998).

    Returns
    -------
    The left ear and the right one.

    Raises
    ------
    ShapeError
        If the centre is not three finite numbers.
    ParameterError
        If a number is out of range.
    """
    require_between(ear_azimuth, "ear_azimuth", 0.0, math.pi)
    sphere = RigidSphere(center, radius)
    x, y = radius * math.cos(ear_azimuth), radius * math.sin(ear_azimuth)
    left, right = to_room_frame([(x, y, 0.0), (x, -y, 0.0)], center, orientation).tolist()
    return Transducer(tuple(left), body=sphere), Transducer(tuple(right), body=sphere)


@dataclass(frozen=True, eq=False)
class HeadResponses:
    """Head-related impulse responses of a head, measured from many directions.

    Parameters
    ----------
    directions
        From the head to the source, unit vectors in the head's frame, shape (direction, 3).
    responses
        Shape (direction, 2, tap), left ear first, with any common delay and gain.
    sample_rate
        In Hz, whole, 8000 to 768 000.
    ears
        Where the ears are in m in the head's frame, shape (2, 3).

    Raises
    ------
    ShapeError
        If an array is not finite or of another shape.
    ParameterError
        If a direction is not a unit vector, the sample rate is out of range, a response is
        beyond reason.
    """

    directions: ArrayLike
    responses: ArrayLike
    sample_rate: float
    ears: ArrayLike = ((0.0, HEAD_RADIUS, 0.0), (0.0, -HEAD_RADIUS, 0.0))

    def __post_init__(self) -> None:
        require_between(self.sample_rate, "sample_rate", 8000, 768_000)
        if self.sample_rate != int(self.sample_rate):
            raise ParameterError("the sample rate is not whole", value=self.sample_rate)
        directions, ears = as_directions(self.directions), as_points(self.ears, "ears")
        responses = as_real(self.responses, "responses", axes=("direction", "ear", "tap"))
        expected = (len(directions), 2, responses.shape[2])
        if responses.shape != expected or responses.size == 0:
            raise ShapeError(
                f"responses has shape {responses.shape}",
                allowed=f"({len(directions)}, 2, tap)",
            )
        if (loudest := float(np.max(np.abs(responses)))) > LARGEST_GAIN:
            raise ParameterError(
                "a head's response is out of range",
                value=loudest,
                allowed=f"up to {LARGEST_GAIN:g}",
            )
        for ear in range(2):
            if not np.any(responses[:, ear]):
                raise ParameterError(f"ear {ear} hears nothing", allowed="responses that are not 0")
        if len(ears) != 2:
            raise ShapeError(f"ears has shape {ears.shape}", allowed="(2, 3)")

    def spectra(self, num_taps: int, sample_rate: int) -> NDArray[np.complex128]:
        """Return transfer functions for an inverse transform to so many taps at another rate.

        Parameters
        ----------
        num_taps
            A multiple of ``tap_step``.
        sample_rate
            In Hz.

        Returns
        -------
        Shape (direction, ear, num_taps // 2 + 1); 0 above half the set's own rate.
        """
        own_taps = num_taps // self.tap_step(sample_rate) * self._own_step(sample_rate)
        known = np.fft.rfft(np.asarray(self.responses), own_taps, axis=-1)
        spectra = np.zeros((*known.shape[:2], num_taps // 2 + 1), dtype=np.complex128)
        shared = min(own_taps, num_taps) // 2 + 1
        spectra[..., :shared] = known[..., :shared]
        return spectra

    def tap_step(self, sample_rate: int) -> int:
        """Return what the number of taps at a rate is a multiple of: an even whole period."""
        return 2 * sample_rate // math.gcd(sample_rate, int(self.sample_rate))

    def _own_step(self, sample_rate: int) -> int:
        """Return as many taps of the set as last as long as ``tap_step``."""
        own = int(self.sample_rate)
        return 2 * own // math.gcd(sample_rate, own)

    def common_delay(self) -> float:
        """Return the time in s from the first tap to the passage of the head's centre.

        From the side, sound reaches an ear as if the head were not there: its onset tells when
        it would have passed the centre. The mean of both ears.
        """
        responses = np.abs(np.asarray(self.responses))
        delays = []
        for ear in range(2):
            sooner = self.sooner(ear)
            beside = int(np.argmax(sooner))
            onset = _rise(responses[beside, ear]) / self.sample_rate
            delays.append(onset + float(sooner[beside]))
        return sum(delays) / 2.0

    def sooner(self, ear: int) -> NDArray[np.float64]:
        """Return how much sooner than the centre an ear's place is reached, in s, (direction,)."""
        along = np.asarray(self.directions, dtype=np.float64) * np.asarray(self.ears)[ear]
        return np.asarray(np.sum(along, axis=1) / REFERENCE_SPEED_OF_SOUND)


def _rise(magnitude: NDArray[np.float64]) -> float:
    """Return where a magnitude first rises to its onset's share of the peak, between taps."""
    share = magnitude / magnitude.max()
    after = int(np.argmax(share >= _ONSET))
    before = share[after - 1] if after else 0.0
    return after - float((share[after] - _ONSET) / (share[after] - before))


@dataclass(frozen=True, eq=False)
class EarKernels:
    """What an ear makes of sound from each measured direction, at the engine's sample rate.

    Attributes
    ----------
    coefficients
        See ``DirectionFilters``.
    lead
        Samples before the sound's arrival.
    nearest
        See ``direction_map``.
    """

    coefficients: NDArray[np.float32]
    lead: int
    nearest: NDArray[np.int32]

    @property
    def num_taps(self) -> int:
        """Length of every filter in samples."""
        return int(self.coefficients.shape[2]) * BLOCK


@dataclass(frozen=True)
class MeasuredEar:
    """One ear of a measured head, as a body."""

    head: HeadResponses
    ear: int
    center: tuple[float, float, float]
    orientation: Quaternion

    @property
    def radius(self) -> float:
        """Distance in m from the centre to the ear."""
        return float(np.linalg.norm(np.asarray(self.head.ears)[self.ear]))

    @property
    def clearance(self) -> float:
        """Least distance in m from the centre to a source: the ear's."""
        return self.radius

    @cached_property
    def into_frame(self) -> NDArray[np.float64]:
        """Rotation from the room's frame into the head's, shape (3, 3)."""
        return np.ascontiguousarray(from_room_frame(np.eye(3), np.zeros(3), self.orientation).T)

    def kernels(self, sample_rate: int) -> EarKernels:
        """Return what the ear makes of sound from each measured direction."""
        return _ear_kernels(self.head, self.ear, sample_rate)


@lru_cache(maxsize=8)
def _ear_kernels(head: HeadResponses, ear: int, sample_rate: int) -> EarKernels:
    """Align the responses to one ear with the sound's passage through its place."""
    rate = OVERSAMPLING * sample_rate
    lead = OVERSAMPLING * _RINGING
    # Whole samples: every phase of the grid has as many taps.
    samples = math.ceil(np.shape(head.responses)[2] * sample_rate / head.sample_rate)
    heard = OVERSAMPLING * samples + 2 * lead
    step = head.tap_step(rate)
    taps = math.ceil((heard + lead) / step) * step
    frequency = np.arange(taps // 2 + 1) / taps
    sooner = (head.common_delay() - head.sooner(ear)) * rate - lead
    spectra = head.spectra(taps, rate)[:, ear] * _thinning(lead, taps)
    coefficients = np.zeros((len(spectra), POWERS, heard))
    for later, powers in zip(*_delay_polynomials(), strict=True):
        turn = np.exp(2j * np.pi * np.outer(sooner - later - 0.5, frequency))
        tap = np.fft.irfft(spectra * turn, taps)[:, :heard]
        coefficients += powers[:, None] * tap[:, None]
    kept = _audible(coefficients)
    return EarKernels(
        _in_blocks(coefficients[..., kept]),
        (lead - kept.start) // OVERSAMPLING,
        direction_map(np.asarray(head.directions)),
    )


def _thinning(span: int, taps: int) -> NDArray[np.float64]:
    """Return the spectrum of what limits a response before every other cell is left out.

    It falls on both sides of half the sample rate: what is mirrored there stays above what
    responses keep.
    """
    cells = np.arange(-span, span + 1)
    limit = np.sinc(cells / OVERSAMPLING) * np.kaiser(2 * span + 1, _KAISER_BETA)
    limit /= np.sum(limit)
    centred = np.roll(np.pad(limit, (0, taps - len(limit))), -span)
    return np.asarray(OVERSAMPLING * np.fft.rfft(centred).real)


def _audible(coefficients: NDArray[np.float64]) -> slice:
    """Return which cells of (direction, power, cell) are worth adding, in whole samples."""
    energy = np.sum(coefficients * coefficients, axis=(0, 1))
    before, after = np.cumsum(energy), np.cumsum(energy[::-1])[::-1]
    heard = np.flatnonzero(np.minimum(before, after) > _SILENT * after[0]) // OVERSAMPLING
    return slice(OVERSAMPLING * int(heard[0]), OVERSAMPLING * (int(heard[-1]) + 1))


def _in_blocks(coefficients: NDArray[np.float64]) -> NDArray[np.float32]:
    """Sort the coefficients of all cells, (direction, power, cell), as ``DirectionFilters`` do."""
    directions, powers, cells = coefficients.shape
    blocks = math.ceil(cells / (BLOCK * OVERSAMPLING))
    padded = np.zeros((directions, powers, blocks * BLOCK * OVERSAMPLING), dtype=np.float32)
    padded[..., :cells] = coefficients
    split = padded.reshape(directions, powers, blocks, BLOCK, OVERSAMPLING)
    return np.ascontiguousarray(split.transpose(0, 4, 2, 1, 3))


def _delay_polynomials() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return delays in cells, less one half, and the Lagrange polynomial of each, by powers.

    The delays are Chebyshev's nodes of the first kind on [-1/2, 1/2].
    """
    nodes = 0.5 * np.cos((np.arange(POWERS) + 0.5) * np.pi / POWERS)
    polynomials = []
    for k, node in enumerate(nodes):
        others = np.delete(nodes, k)
        polynomials.append(polyfromroots(others) / np.prod(node - others))
    return nodes, np.array(polynomials)


def measured_head(
    head: HeadResponses,
    center: tuple[float, float, float],
    orientation: Quaternion = NO_TURN,
) -> tuple[Transducer, Transducer]:
    """Return the ears of a measured head.

    Each image source is heard through the response of the nearest measured direction, at the
    level at which it was measured, with the delay of its own distance from the ear. What is
    computed from the set is kept for the next call.

    Parameters
    ----------
    head
        Its responses.
    center
        In m in the room's frame.
    orientation
        Unit quaternion that takes the head's frame (x front, y left, z up) into the room's.

    Returns
    -------
    The left ear and the right one.
    """
    (center,) = map(tuple, as_points([center], "the head's center").tolist())
    orientation = as_quaternion(orientation)
    places = to_room_frame(head.ears, center, orientation).tolist()
    left, right = (
        Transducer((x, y, z), body=MeasuredEar(head, ear, center, orientation))
        for ear, (x, y, z) in enumerate(places)
    )
    return left, right


def direction_map(directions: NDArray[np.float64]) -> NDArray[np.int32]:
    """Return which of some directions is the nearest to each cell of a map of the sphere.

    The map is an octahedron unfolded onto a square: (x, y) / (|x| + |y| + |z|), with the lower
    half folded outward over the edges.

    Parameters
    ----------
    directions
        Unit vectors, shape (direction, 3).

    Returns
    -------
    Shape (cell, cell), int32.

    References
    ----------
    Q. Meyer, J. Suessmuth, G. Sussner, M. Stamminger and G. Greiner, "On floating-point normal
    vectors", Computer Graphics Forum 29(4), 2010 (octahedron normal vectors).
    """
    center = (np.arange(_MAP_CELLS) + 0.5) / _MAP_CELLS * 2.0 - 1.0
    x, y = (grid.ravel() for grid in np.meshgrid(center, center, indexing="ij"))
    z = 1.0 - np.abs(x) - np.abs(y)
    below = z < 0.0
    unfolded = np.where(below, (1.0 - np.abs(y)) * np.sign(x), x)
    y = np.where(below, (1.0 - np.abs(x)) * np.sign(y), y)
    cells = np.stack([unfolded, y, z], axis=1)
    cells /= np.sqrt(np.sum(cells * cells, axis=1, keepdims=True))
    _, nearest = KDTree(directions).query(cells)
    return np.asarray(nearest, dtype=np.int32).reshape(_MAP_CELLS, _MAP_CELLS)
