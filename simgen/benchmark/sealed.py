"""Sealed splits: scenes drawn with a secret, whose labels were fixed before anybody saw the audio.

Whoever runs a challenge keeps a secret and publishes audio with two digests: that of the secret,
and a keyed one of the scenes. When the secret is published, anybody draws the scenes again and
sees that they are those that were promised.
"""

import hashlib
import hmac
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal, Self

from pydantic import Field, ValidationError, model_validator

from simgen.benchmark.json_files import faults_of, read_json
from simgen.benchmark.suite import Split, load_track, split_of, suite_folder, unsealed_place
from simgen.benchmark.tracks import FrozenFile, LocalizationTrack
from simgen.dataset.atomic import write_atomically
from simgen.errors import DatasetError, ParameterError
from simgen.scene.record import Digest, Point, Record
from simgen.scene.scene import Scene

__all__ = [
    "SEALED_RECORD",
    "SealedSplit",
    "commitment",
    "handed_out_split",
    "keyed_digest",
    "lines_of",
    "read_sealed",
    "read_secret",
    "sealed_name",
    "sealed_recipe",
    "sealed_seed",
    "store_unsealed",
]

SEALED_RECORD: Final = "split.json"
"""What is published beside the audio."""

SHORTEST_SECRET: Final = 32
"""Bytes: as many as the digest has, so that guessing is no shorter than breaking SHA-256."""

LONGEST_SECRET: Final = 4096

_SEED, _SCENES = b"simgen sealed split: seed", b"simgen sealed split: scenes"


class SealedSplit(Record):
    """What is published of a sealed split beside its audio.

    Attributes
    ----------
    sealed
        Version of this record.
    split, track, protocol
        What submissions name.
    recipe
        The scene file that the scenes are drawn from.
    secret_sha256
        Digest of the secret that they are drawn with.
    scenes_hmac_sha256
        Digest of the scenes, keyed with the secret.
    num_items
        Number of recordings: ``SPLIT-0000`` and so on.
    sample_rate
        In Hz.
    speed_of_sound
        In m/s.
    microphones
        Positions in the array's frame in m, in the order of the channels.
    audio_sha256
        Digest of each recording's file, in order.
    versions
        Of whatever drew and rendered it.
    """

    sealed: Literal[1] = 1
    split: str = Field(pattern="^sealed-[0-9a-f]{32}$")
    track: str
    protocol: str
    recipe: FrozenFile
    secret_sha256: Digest
    scenes_hmac_sha256: Digest
    num_items: int = Field(ge=1, le=100_000)
    sample_rate: float
    speed_of_sound: float
    microphones: tuple[Point, ...]
    audio_sha256: tuple[Digest, ...]
    versions: dict[str, str]

    @model_validator(mode="after")
    def _has_a_digest_for_each_item(self) -> Self:
        if len(self.audio_sha256) != self.num_items:
            raise ValueError("audio_sha256 must hold a digest for each item")
        return self

    @property
    def items(self) -> tuple[str, ...]:
        """The recordings' names, in order."""
        return tuple(f"{self.split}-{number:04d}" for number in range(self.num_items))


def handed_out_split(sealed: SealedSplit) -> Split:
    """Return a sealed split as a contestant knows it: its items, of which none has a scene."""
    return split_of(load_track(sealed.track), sealed.split, b"\n" * sealed.num_items)


def read_secret(path: Path) -> bytes:
    """Read a secret.

    Raises
    ------
    ParameterError
        If it is too short to be one, or cannot be read.
    """
    try:
        with path.open("rb") as file:
            secret = file.read(LONGEST_SECRET + 1)
    except OSError as error:
        raise ParameterError(
            f"the secret cannot be read: {error.strerror}",
            value=str(path),
            fix=f"Make one with: head -c {SHORTEST_SECRET} /dev/urandom > {path}",
        ) from None
    if not SHORTEST_SECRET <= len(secret) <= LONGEST_SECRET:
        length = f"over {LONGEST_SECRET}" if len(secret) > LONGEST_SECRET else len(secret)
        raise ParameterError(
            "the secret has another length, in bytes",
            value=length,
            allowed=f"{SHORTEST_SECRET} to {LONGEST_SECRET}",
            fix=f"Make one with: head -c {SHORTEST_SECRET} /dev/urandom > {path}",
        )
    return secret


def commitment(secret: bytes) -> str:
    """Return the digest of a secret that is published beforehand."""
    return hashlib.sha256(secret).hexdigest()


def sealed_name(secret: bytes) -> str:
    """Return the name of the split that is drawn with a secret."""
    return f"sealed-{commitment(secret)[:32]}"


def sealed_seed(secret: bytes) -> int:
    """Return the seed of the scenes, from 0 to 2**63 - 1."""
    return int.from_bytes(hmac.digest(secret, _SEED, "sha256")[:8]) >> 1


def keyed_digest(secret: bytes, lines: bytes) -> str:
    """Return the digest of scenes that tells nothing of them without the secret."""
    return hmac.digest(secret, _SCENES + lines, "sha256").hex()


def lines_of(scenes: Sequence[Scene]) -> bytes:
    """Return scenes as JSON lines, as splits hold them."""
    return "".join(scene.to_json() + "\n" for scene in scenes).encode()


def sealed_recipe(track_name: str) -> tuple[LocalizationTrack, Path]:
    """Return a track and the scene file that its sealed splits are drawn from.

    Raises
    ------
    ParameterError
        If the track has no sealed splits.
    """
    track = load_track(track_name)
    if not isinstance(track, LocalizationTrack) or track.sealed is None:
        raise ParameterError("the track has no sealed splits", value=track_name)
    return track, suite_folder() / track.track / track.sealed


def read_sealed(path: Path) -> SealedSplit:
    """Read what was published of a sealed split.

    Raises
    ------
    SubmissionError
        If the file cannot be read or is not JSON.
    DatasetError
        If there is none, or it is not the record of a sealed split.
    """
    _require_record(path)
    data, faults = read_json(path / SEALED_RECORD)
    try:
        record = SealedSplit.model_validate(data)
    except ValidationError as error:
        faults += faults_of(error)
    if faults:
        raise DatasetError("is not a sealed split: " + "; ".join(faults), where=str(path))
    return record


def _require_record(path: Path) -> None:
    """Refuse a folder that is not what was handed out, and name the one inside that is."""
    if (path / SEALED_RECORD).exists():
        return
    inside = sorted(path.glob(f"*/{SEALED_RECORD}"))
    raise DatasetError(
        f"holds no {SEALED_RECORD}",
        where=str(path),
        fix=f"Give {inside[0].parent}." if inside else "Give the folder that was handed out.",
    )


def store_unsealed(sealed: SealedSplit, lines: bytes) -> Path:
    """Keep the scenes of a split whose secret is out, where ``load_split`` finds them.

    Returns
    -------
    The file.
    """
    place = unsealed_place(f"{sealed.track}/{sealed.split}")
    place.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(place, lines)
    return place
