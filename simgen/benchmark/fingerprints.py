"""Fingerprints of recordings: whether a split sounds as it did where it was frozen.

A fingerprint holds the SHA-256 of a recording's samples, which tells whether they are the same byte
for byte, and the recording's products with a few fixed sequences of signs, which tell how large
the difference is where they are not: its power is the mean square of what the products differ by.
So a fingerprint of 16 numbers sees a sound that is late, turned in phase or swapped between
microphones, which the energy of bands would not.
"""

import gzip
import hashlib
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from simgen.errors import DatasetError
from simgen.render.recording import Recording
from simgen.scene.record import Digest, Record
from simgen.units import db_from_power

__all__ = [
    "TOLERANCE_DB",
    "Agreement",
    "Fingerprint",
    "Fingerprints",
    "agreement",
    "difference_db",
    "fingerprint",
]

TOLERANCE_DB: Final = -60.0
"""Most power of a difference over that of the recording.

Other processors and versions of libraries round differently, by -130 dB in float32, and other
resamplers by -100 dB; other noise, or a talker elsewhere, differs by more than -40 dB.
"""

NUM_PRODUCTS: Final = 16
"""Of them the power of a difference is told to 1.5 dB (standard deviation sqrt(2 / 16))."""

_RESOLUTION_DB: Final = -180.0
"""Of nine digits."""

_KEY: Final = 20_260
"""Of the generator of signs."""


class Fingerprint(Record):
    """What is kept of a recording.

    Attributes
    ----------
    sha256
        Of the samples, float32 little-endian, one array after another.
    energy
        Sum of the squares of all samples.
    products
        Sum of all samples with their signs, for each sequence of signs.
    """

    sha256: Digest
    energy: Annotated[float, Field(ge=0.0)]
    products: tuple[float, ...] = Field(min_length=NUM_PRODUCTS, max_length=NUM_PRODUCTS)


class Fingerprints(Record):
    """What is kept of a split.

    Attributes
    ----------
    fingerprints
        Version of this record.
    versions
        The software that made the recordings.
    scenes
        The fingerprint of every scene in order.
    """

    fingerprints: Literal[1] = 1
    versions: dict[str, str]
    scenes: tuple[Fingerprint, ...]

    def to_bytes(self) -> bytes:
        """Return the file's content."""
        return gzip.compress((self.to_json() + "\n").encode(), mtime=0)

    @classmethod
    def from_bytes(cls, text: bytes) -> Self:
        """Read the file's content, uncompressed."""
        return cls.from_json(text.decode())


@dataclass(frozen=True)
class Agreement:
    """How recordings agree with fingerprints.

    Attributes
    ----------
    num_scenes, num_same
        Number of scenes compared, and of those that are the same byte for byte.
    largest_db
        The largest power of a difference over that of its recording; -inf if there is none.
    differing
        The scenes whose difference is not within the tolerance.
    """

    num_scenes: int
    num_same: int
    largest_db: float
    differing: tuple[int, ...]

    @property
    def ok(self) -> bool:
        """Whether all is within the tolerance."""
        return not self.differing

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values; the difference is None where there is no number for it."""
        largest = self.largest_db if math.isfinite(self.largest_db) else None
        return {"ok": self.ok, **vars(self), "largest_db": largest}

    def __str__(self) -> str:
        if self.num_same == self.num_scenes:
            return f"all {self.num_scenes} scenes are the same byte for byte"
        least = f"{self.num_same} of {self.num_scenes} scenes are the same byte for byte"
        largest = f"the largest difference is {self.largest_db:.0f} dB"
        allowed = f"(allowed: {TOLERANCE_DB:.0f} dB)"
        if self.ok:
            return f"{least}, the others within tolerance: {largest} {allowed}"
        named = ", ".join(map(str, self.differing[:5]))
        more = f" and {len(self.differing) - 5} more" if len(self.differing) > 5 else ""
        return f"{least}, but scenes {named}{more} differ: {largest} {allowed}"


def fingerprint(recording: Recording) -> Fingerprint:
    """Return the fingerprint of what is heard: the arrays' signals and the ears' responses."""
    products, energy = np.zeros(NUM_PRODUCTS), 0.0
    generator = np.random.Philox(key=_KEY)
    for row in _rows(recording):
        samples = row.astype(np.float64)
        products += _signs(generator, samples.size) @ samples
        energy += float(samples @ samples)
    return Fingerprint(
        sha256=_sha256(recording),
        energy=energy,
        # Nine digits tell any two float32 apart; the rest would be rounding.
        products=tuple(float(f"{product:.9g}") for product in products),
    )


def difference_db(recording: Recording, expected: Fingerprint) -> float:
    """Return how a recording differs from its fingerprint.

    Returns
    -------
    Power of the difference over that of the recording in dB; -inf where it is the same byte
    for byte, inf where it is not finite.
    """
    if _sha256(recording) == expected.sha256:
        return -math.inf
    if not expected.energy or not all(np.all(np.isfinite(row)) for row in _rows(recording)):
        return math.inf
    apart = np.subtract(fingerprint(recording).products, expected.products)
    power = float(np.mean(apart * apart))
    # The digest differs: where no product shows it, it is below what they resolve.
    return max(db_from_power(power / expected.energy), _RESOLUTION_DB)


def agreement(recordings: Iterable[Recording], expected: Fingerprints) -> Agreement:
    """Compare the recordings of a split with its fingerprints.

    Raises
    ------
    DatasetError
        If there is another number of them.
    """
    try:
        apart = [
            difference_db(recording, each)
            for recording, each in zip(recordings, expected.scenes, strict=True)
        ]
    except ValueError as error:
        raise DatasetError(
            "there is not a recording for each fingerprint", allowed=str(len(expected.scenes))
        ) from error
    return Agreement(
        num_scenes=len(apart),
        num_same=sum(each == -math.inf for each in apart),
        largest_db=max(apart, default=-math.inf),
        differing=tuple(k for k, each in enumerate(apart) if each > TOLERANCE_DB),
    )


def _heard(recording: Recording) -> Iterator[NDArray[np.float32]]:
    """Yield every array of samples, (..., sample), in an order of its own."""
    for name in sorted(recording.signals):
        yield recording.signals[name]
    for listener in sorted(recording.ear_responses):
        for device in sorted(recording.ear_responses[listener]):
            yield recording.ear_responses[listener][device]


def _rows(recording: Recording) -> Iterator[NDArray[np.float32]]:
    """Yield the samples of every channel, (sample,)."""
    for array in _heard(recording):
        yield from array.reshape(-1, array.shape[-1])


def _sha256(recording: Recording) -> str:
    """Return the SHA-256 of all samples."""
    digest = hashlib.sha256()
    for array in _heard(recording):
        digest.update(np.ascontiguousarray(array, dtype="<f4").tobytes())
    return digest.hexdigest()


def _signs(generator: np.random.Philox, num_samples: int) -> NDArray[np.float64]:
    """Draw the next signs of every sequence, (sequence, sample)."""
    num_bits = NUM_PRODUCTS * num_samples
    words = np.asarray(generator.random_raw(-(-num_bits // 64)), dtype="<u8")
    bits = np.unpackbits(words.view(np.uint8), count=num_bits)
    return 2.0 * bits.reshape(NUM_PRODUCTS, num_samples).astype(np.float64) - 1.0
