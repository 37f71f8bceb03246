"""The life of a dataset directory: claimed, resumed, finished."""

import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from simgen.dataset.atomic import final_name, remove_partials, write_atomically
from simgen.dataset.card import card
from simgen.dataset.digests import format_sums, parse_sums, sha256_of
from simgen.dataset.journal import WHOLE, journal_path, journals, read_journals, rewrite
from simgen.dataset.layout import (
    CARD,
    IDENTITY,
    SHARDS,
    SUMS,
    WORKING,
    Identity,
    read_identity,
    require_same,
    shard_path,
)
from simgen.dataset.shard import read_failures, read_scene
from simgen.errors import DatasetError
from simgen.scene.scene import Scene

__all__ = [
    "claim",
    "failures_in",
    "finish",
    "refuse_others",
    "resume",
    "shards_of",
    "sweep_shards",
]


def refuse_others(directory: Path, identity: Identity) -> None:
    """Refuse a directory that holds anything but the beginnings of this dataset.

    Raises
    ------
    DatasetError
        If it holds another dataset, or somebody's files.
    """
    if (directory / IDENTITY).exists():
        require_same(read_identity(directory), identity, directory)
        return
    if not directory.exists():
        return
    if not directory.is_dir():
        raise DatasetError("is a file, not a directory", where=str(directory))
    foreign = sorted(path.name for path in directory.iterdir() if not _is_beginning(path))
    if foreign and (directory / IDENTITY).exists():
        # Another part has begun the dataset meanwhile.
        require_same(read_identity(directory), identity, directory)
    elif foreign:
        raise DatasetError(
            f"holds files that are no dataset, such as {foreign[0]}",
            where=str(directory),
            fix="Render into a new or empty directory.",
        )


def _is_beginning(path: Path) -> bool:
    """Tell whether a run that was killed at once can have left this."""
    return path.name == WORKING or final_name(path) == IDENTITY


def claim(directory: Path, identity: Identity, description: bytes) -> None:
    """Make a directory this dataset's."""
    refuse_others(directory, identity)
    if not (directory / IDENTITY).exists():
        write_atomically(directory / IDENTITY, identity.to_bytes())
    (directory / SHARDS).mkdir(exist_ok=True)
    described = directory / identity.description
    if not described.exists() or described.read_bytes() != description:
        write_atomically(described, description)


def shards_of(identity: Identity, part: tuple[int, int]) -> range:
    """Return the shards that part i of n renders."""
    return range(part[0], identity.num_shards, part[1])


def resume(directory: Path, identity: Identity, part: tuple[int, int]) -> dict[int, str]:
    """Return the digests of the shards that need not be rendered again.

    An unfinished dataset keeps every whole shard. A finished one is opened again for the
    shards that were damaged since, or in which a scene failed.
    """
    mine = shards_of(identity, part)
    _sweep(directory, identity, part)
    if (directory / SUMS).exists():
        return _reopen(directory, identity)
    claimed = read_journals(directory)
    kept = _whole_shards(directory, {shard: claimed[shard] for shard in mine if shard in claimed})
    _restart_journal(directory, part, kept)
    return kept


def _sweep(directory: Path, identity: Identity, part: tuple[int, int]) -> None:
    """Remove what killed processes left half-written, but nothing of other parts."""
    listed = {journal_path(directory, of).name for of in (part, WHOLE)}
    remove_partials(directory, {IDENTITY, identity.description, CARD, SUMS} | listed)
    sweep_shards(directory, identity, part)


def sweep_shards(directory: Path, identity: Identity, part: tuple[int, int]) -> None:
    """Remove what killed workers left half-written of a part's shards."""
    shards = {shard_path(directory, shard).name for shard in shards_of(identity, part)}
    remove_partials(directory / SHARDS, shards)


def _reopen(directory: Path, identity: Identity) -> dict[int, str]:
    """Return the sound shards of a finished dataset; mark it unfinished if one is not."""
    kept = _whole_shards(directory, _finished_shards(directory, identity))
    kept = {shard: kept[shard] for shard in kept if not failures_in(directory, [shard])}
    if len(kept) < identity.num_shards:
        _restart_journal(directory, WHOLE, kept)
        (directory / SUMS).unlink()
    return kept


def _finished_shards(directory: Path, identity: Identity) -> dict[int, str]:
    """Return the digests of the shards of a finished dataset."""
    listed = parse_sums((directory / SUMS).read_bytes().decode(errors="replace"))
    names = {shard: _name(directory, shard) for shard in range(identity.num_shards)}
    return {shard: listed[name] for shard, name in names.items() if name in listed}


def _whole_shards(directory: Path, claimed: Mapping[int, str]) -> dict[int, str]:
    """Return the shards that still have the digests they had."""
    paths = {shard: shard_path(directory, shard) for shard in claimed}
    return {
        shard: claimed[shard]
        for shard, path in paths.items()
        if path.is_file() and sha256_of(path) == claimed[shard]
    }


def _restart_journal(directory: Path, part: tuple[int, int], kept: Mapping[int, str]) -> None:
    """Begin a part's journal with what is kept; that of the whole replaces all others."""
    rewrite(journal_path(directory, part), kept)
    if part == WHOLE:
        for path in journals(directory):
            if path != journal_path(directory, part):
                path.unlink()


def finish(
    directory: Path, identity: Identity, part: tuple[int, int], done: Mapping[int, str]
) -> bool:
    """Write the card and the digests if every shard is there.

    Parameters
    ----------
    directory, identity
        The dataset.
    part
        The part of it that was rendered.
    done
        The digests of the shards that this run kept or made.

    Returns
    -------
    bool
        Whether the dataset is finished.
    """
    _sweep(directory, identity, part)
    shards = {**read_journals(directory), **done}
    if len(shards) == identity.num_shards:
        _conclude(directory, identity, shards)
    if not (directory / SUMS).exists():
        return False
    # Also what this run needed after another one had finished the dataset.
    for path in journals(directory):
        path.unlink()
    # Another run may be taking its lock in there, to find that there is nothing to do.
    shutil.rmtree(directory / WORKING, ignore_errors=True)
    return True


def _conclude(directory: Path, identity: Identity, shards: Mapping[int, str]) -> None:
    """Write the card and the digests of a dataset whose shards are all there."""
    failures = failures_in(directory, shards)
    text = card(identity, failures, _first_scene(directory, identity, failures))
    write_atomically(directory / CARD, text.encode())
    digests = {_name(directory, shard): digest for shard, digest in shards.items()}
    for name in (IDENTITY, CARD, identity.description):
        digests[name] = sha256_of(directory / name)
    write_atomically(directory / SUMS, format_sums(digests).encode())


def _first_scene(directory: Path, identity: Identity, failures: Mapping[int, str]) -> Scene | None:
    """Return the first scene that has a recording; None if all failed."""
    index = next((k for k in range(identity.count) if k not in failures), None)
    if index is None:
        return None
    return read_scene(shard_path(directory, index // identity.scenes_per_shard), index)


def failures_in(directory: Path, shards: Iterable[int]) -> dict[int, str]:
    """Return why scenes in some shards have no recording, by scene index."""
    found = [read_failures(shard_path(directory, shard)) for shard in sorted(shards)]
    return {index: reason for failed in found for index, reason in failed.items()}


def _name(directory: Path, shard: int) -> str:
    """Return a shard's file name relative to the dataset."""
    return shard_path(directory, shard).relative_to(directory).as_posix()
