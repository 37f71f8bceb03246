"""Sealed splits: publish audio without labels, and see later that the labels were fixed before."""

import hashlib
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from simgen.benchmark.sealed import (
    SEALED_RECORD,
    SealedSplit,
    commitment,
    keyed_digest,
    lines_of,
    read_sealed,
    sealed_name,
    sealed_recipe,
    sealed_seed,
)
from simgen.benchmark.suite import Split, split_of
from simgen.benchmark.tracks import FrozenFile, LocalizationTrack
from simgen.dataset.atomic import partial_of, write_atomically
from simgen.dataset.dataset import Dataset
from simgen.dataset.layout import installed_versions
from simgen.errors import DatasetError, ParameterError, VerificationError
from simgen.evaluate.split_data import require_built_from
from simgen.exchange.flac import in_24_bits, read_flac, write_flac
from simgen.scene.scene_file import SceneFile

__all__ = ["draw_sealed", "require_audio", "require_scenes", "seal", "unsealed_split"]

AUDIO: Final = "audio"
"""The folder of recordings, one FLAC file to an item."""

LARGEST_DIFFERENCE: Final = 8
"""Steps of 24 bits by which audio that is rendered again may differ: -114 dB re the peak, which
other versions of numpy's transforms stay below by far and no other scene comes near."""

Advance = Callable[[str], None]
"""Called with the name of each item when it is done."""


def draw_sealed(track_name: str, secret: bytes, num_items: int) -> Split:
    """Draw the scenes of a sealed split.

    Parameters
    ----------
    track_name
        The track.
    secret
        What they are drawn with; see ``read_secret``.
    num_items
        Number of scenes.

    Returns
    -------
    A split named after the secret's digest.

    Raises
    ------
    ParameterError
        If the track has no sealed splits.
    """
    track, recipe = sealed_recipe(track_name)
    scene_file, seed = SceneFile.load(recipe), sealed_seed(secret)
    scenes = [scene_file.draw(seed=seed, index=index) for index in range(num_items)]
    return split_of(track, sealed_name(secret), lines_of(scenes))


def seal(
    split: Split,
    dataset: Dataset,
    secret: bytes,
    place: Path,
    *,
    on_item: Advance = lambda _: None,
) -> SealedSplit:
    """Publish the audio of a sealed split, with what commits to its labels and tells nothing.

    Every recording is as long as every other, scaled to the same peak and named by its number;
    scenes are drawn one like another, so their order says nothing.

    Parameters
    ----------
    split
        What ``draw_sealed`` returns.
    dataset
        That split as built, which stays private.
    secret
        What it was drawn with.
    place
        The folder to publish; there must not be anything yet.
    on_item
        Called with the name of each item when it is done.

    Raises
    ------
    ParameterError
        If there is something already.
    DatasetError
        If the dataset is not this split.
    """
    require_built_from(dataset, split)
    if place.exists():
        raise ParameterError("there is something already", value=str(place))
    unfinished = partial_of(place)
    shutil.rmtree(unfinished, ignore_errors=True)
    (unfinished / AUDIO).mkdir(parents=True)
    track, rate = _track_of(split), round(split.scenes[0].sample_rate)
    for number, item in enumerate(split.items):
        steps = in_24_bits(dataset[number].signals[track.array])
        write_flac(_audio(unfinished, item), steps, sample_rate=rate)
        on_item(item)
    record = _record(split, secret, [_digest(_audio(unfinished, item)) for item in split.items])
    text = record.model_dump_json(indent=1) + "\n"
    write_atomically(unfinished / SEALED_RECORD, text.encode())
    unfinished.rename(place)
    return record


def _record(split: Split, secret: bytes, audio: Sequence[str]) -> SealedSplit:
    """Return what is published beside the audio, whose files have some digests."""
    track, recipe = sealed_recipe(split.track.track)
    scene = split.scenes[0]
    return SealedSplit(
        split=split.name,
        track=track.track,
        protocol=track.protocol,
        recipe=FrozenFile(file=recipe.name, sha256=_digest(recipe)),
        secret_sha256=commitment(secret),
        scenes_hmac_sha256=keyed_digest(secret, split.lines),
        num_items=len(split.items),
        sample_rate=scene.sample_rate,
        speed_of_sound=scene.room.speed_of_sound,
        microphones=scene.arrays[track.array].microphones,
        audio_sha256=tuple(audio),
        versions=installed_versions(),
    )


def unsealed_split(place: Path, secret: bytes) -> tuple[SealedSplit, Split]:
    """Return what was published in a folder, and its scenes, drawn again with the secret.

    Raises
    ------
    VerificationError
        If the secret or the scenes are not those that were promised.
    DatasetError
        If what was published cannot be read.
    """
    sealed = read_sealed(place)
    if commitment(secret) != sealed.secret_sha256:
        raise VerificationError(
            "the secret is not the one that was promised: its SHA-256 differs",
            value=commitment(secret),
            allowed=sealed.secret_sha256,
        )
    _, recipe = sealed_recipe(sealed.track)
    if _digest(recipe) != sealed.recipe.sha256:
        raise VerificationError(
            f"{sealed.recipe.file} is not the scene file that the split was drawn from",
            value=_digest(recipe),
            allowed=sealed.recipe.sha256,
        )
    split = draw_sealed(sealed.track, secret, sealed.num_items)
    require_scenes(sealed, split, secret)
    return sealed, split


def require_scenes(sealed: SealedSplit, split: Split, secret: bytes) -> None:
    """Refuse scenes that are not those that were promised.

    Raises
    ------
    VerificationError
        If their keyed digest differs.
    """
    found = keyed_digest(secret, split.lines)
    if found != sealed.scenes_hmac_sha256:
        versions = ", ".join(f"{name} {number}" for name, number in sealed.versions.items())
        raise VerificationError(
            "the scenes are not those that were promised: their keyed digest differs",
            value=found,
            allowed=sealed.scenes_hmac_sha256,
            fix=f"They were drawn by {versions}; other versions may draw otherwise.",
        )


def require_audio(
    sealed: SealedSplit,
    split: Split,
    dataset: Dataset,
    place: Path,
    *,
    on_item: Advance = lambda _: None,
) -> int:
    """Compare published audio with the scenes as built.

    Returns
    -------
    The greatest difference in steps of 24 bits.

    Raises
    ------
    VerificationError
        If a recording differs by more than `LARGEST_DIFFERENCE`; names all such.
    DatasetError
        If the dataset is not this split.
    SignalError
        If a recording cannot be read.
    """
    require_built_from(dataset, split)
    _require_as_published(sealed, place)
    track, differences = _track_of(split), {}
    for number, item in enumerate(sealed.items):
        ours = in_24_bits(dataset[number].signals[track.array])
        theirs = read_flac(_audio(place, item), shape=(ours.shape[0], ours.shape[1]))
        differences[item] = int(np.max(np.abs(ours - theirs), initial=0))
        on_item(item)
    wrong = [item for item, steps in differences.items() if steps > LARGEST_DIFFERENCE]
    if wrong:
        raise VerificationError(
            f"{len(wrong)} recordings are not of the scenes that were promised",
            value=", ".join(wrong[:10]),
            allowed=f"a difference of at most {LARGEST_DIFFERENCE} steps of 24 bits",
        )
    return max(differences.values())


def _require_as_published(sealed: SealedSplit, place: Path) -> None:
    """Refuse recordings that are missing, others than were published, or too many."""
    expected = {
        f"{item}.flac": digest
        for item, digest in zip(sealed.items, sealed.audio_sha256, strict=True)
    }
    found = {file.name: _digest(file) for file in (place / AUDIO).glob("*") if file.is_file()}
    wrong = sorted(
        name for name in expected.keys() | found if expected.get(name) != found.get(name)
    )
    if wrong:
        raise VerificationError(
            f"{len(wrong)} recordings are missing, or not those that were published",
            value=", ".join(wrong[:10]),
        )


def _track_of(split: Split) -> LocalizationTrack:
    """Return the track of a sealed split."""
    if not isinstance(split.track, LocalizationTrack):
        raise DatasetError("the track has no sealed splits", where=split.path)
    return split.track


def _audio(place: Path, item: str) -> Path:
    """Return the recording of an item."""
    return place / AUDIO / f"{item}.flac"


def _digest(file: Path) -> str:
    """Return the digest of a file's bytes."""
    return hashlib.sha256(file.read_bytes()).hexdigest()
