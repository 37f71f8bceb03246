"""What the pages show: a board for each split and protocol, an entry for each submission."""

import hashlib
import json
import re
import shlex
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, cast

from simgen.benchmark.score_sheets import Column, ScoreSheet, sheet_of
from simgen.benchmark.suite import load_split
from simgen.benchmark.tracks import LocalizationTrack, Track
from simgen.leaderboard.standings import Result, Standing, grouped_results, score_of, standings
from simgen.leaderboard.visible_text import secure_link, visible_line, visible_text

__all__ = ["Board", "Entry", "boards"]

DIGEST_SHOWN: Final = 12
"""Characters of a digest that are shown beside a name."""

_PAGE_DIGITS: Final = 32
"""Hexadecimal digits that name a submission's page: 128 bits, which nobody finds twice."""

_KNOWN_COUNT: Final = " (known count)"
"""What a baseline's name ends in that was told the number of sources."""

NOT_STATED: Final = "not stated"


@dataclass(frozen=True)
class Entry:
    """One submission on a board.

    Attributes
    ----------
    standing
        Its result and where that stands.
    is_alone
        Whether no other entry of the board shows the same name.
    baseline
        Which of the suite's own systems it says to be, if any.
    """

    standing: Standing
    is_alone: bool = True
    baseline: str | None = None

    @property
    def result(self) -> Result:
        """The result as plain values."""
        return self.standing.result

    @cached_property
    def name(self) -> str:
        """The system's name as pages may show it."""
        return visible_line(str(self.result["system"]))

    @property
    def label(self) -> str:
        """The name, with the beginning of the digest where others bear it too."""
        return self.name if self.is_alone else f"{self.name} {self.digest[:DIGEST_SHOWN]}"

    @property
    def digest(self) -> str:
        """Digest of the submission."""
        return str(self.result["submission_sha256"])

    @cached_property
    def page(self) -> str:
        """Name of its page: a digest, since nobody chooses what that is."""
        named = [self.result[key] for key in ("split_sha256", "protocol", "submission_sha256")]
        text = json.dumps([self.result["track"], self.result["split"], *named])
        return hashlib.sha256(text.encode()).hexdigest()[:_PAGE_DIGITS]

    @property
    def uses_oracle(self) -> bool:
        """Whether it was told something."""
        return bool(self.result["uses_oracle"])

    @property
    def training_data(self) -> str:
        """What it says it learned from."""
        stated = str(self.result.get("training_data") or "")
        return visible_line(stated) if stated.strip() else NOT_STATED

    @property
    def code(self) -> str:
        """Where it says its code is, as text."""
        stated = str(self.result.get("code") or "")
        return visible_line(stated, longest=None) if stated.strip() else NOT_STATED

    @property
    def code_link(self) -> str | None:
        """The same as an address that a page may link to."""
        return secure_link(str(self.result.get("code") or ""))

    @property
    def description(self) -> str:
        """What it says of itself."""
        return visible_text(str(self.result.get("description") or ""))

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """Its parameters as texts."""
        stated = self.result.get("parameters") or {}
        return [(visible_line(name), _parameter(value)) for name, value in stated.items()]

    @property
    def scorer(self) -> str:
        """What scored it."""
        return visible_line(str(self.result.get("scorer", "")))

    @property
    def scorer_digest(self) -> str:
        """Digest of the sources that scored it; nothing in older results."""
        return str(self.result.get("scorer_sha256") or "")

    @property
    def commands(self) -> list[str]:
        """The commands that make the result again."""
        split = f"{self.result['track']}/{self.result['split']}"
        if self.baseline is None:
            return ["simgen bench check SUBMISSION", "simgen bench score SUBMISSION -o result.json"]
        told = ["--oracle"] if self.uses_oracle else []
        run = shlex.join(
            ["simgen", "bench", "run", self.baseline, split, *told, "-o", "SUBMISSION"]
        )
        return [
            f"simgen bench build {shlex.quote(split)}",
            run,
            "simgen bench score SUBMISSION -o result.json",
        ]


@dataclass(frozen=True)
class Board:
    """The ranking of a split by a protocol.

    Attributes
    ----------
    stem
        Beginning of the names of its files.
    track
        The task.
    split, protocol, digest
        What was scored and how, and the digest of the scenes.
    sheet
        How scores are read.
    entries
        The submissions in order.
    """

    stem: str
    track: Track
    split: str
    protocol: str
    digest: str
    sheet: ScoreSheet
    entries: tuple[Entry, ...]

    @property
    def path(self) -> str:
        """How commands name the split."""
        return f"{self.track.track}/{self.split}"

    @property
    def description(self) -> str:
        """What is in the split."""
        return self.track.splits[self.split].description

    @property
    def ranking(self) -> Column:
        """The score that ranks."""
        return self.sheet.ranking

    @property
    def num_sectors(self) -> int:
        """Regions round the array, where the task has any."""
        is_localization = isinstance(self.track, LocalizationTrack)
        return cast("LocalizationTrack", self.track).sectors if is_localization else 0

    @property
    def training_data(self) -> list[str]:
        """Everything that systems say they learned from."""
        return sorted({entry.training_data for entry in self.entries})

    @property
    def has_ranks(self) -> bool:
        """Whether intervals of ranks are known."""
        return any(entry.standing.ranks for entry in self.entries)

    @property
    def has_ties(self) -> bool:
        """Whether some neighbours of different ranks were not told apart."""
        return any(entry.standing.tied_rank for entry in self.entries)

    @property
    def best(self) -> Entry | None:
        """The first that takes a rank."""
        return next((entry for entry in self.entries if entry.standing.rank == 1), None)

    def score(self, entry: Entry) -> Mapping[str, float | None]:
        """Return an entry's ranking score."""
        return score_of(entry.result, self.ranking.score)


def boards(
    results: Sequence[Result], baselines: Mapping[str, Collection[str]]
) -> tuple[Board, ...]:
    """Part results into boards.

    Parameters
    ----------
    results
        As `simgen.benchmark.result.read_result` gives them, as plain values.
    baselines
        Names of the suite's own systems by track.

    Returns
    -------
    tuple of Board
        Those of the track with the most boards first.

    Raises
    ------
    ParameterError
        If two results of one submission have other scores, or there is no such track or split.
    """
    groups = grouped_results(results)
    stems = _stems(group[0] for group in groups)
    made = [
        _board(stem, group, baselines.get(str(group[0]["track"]), ()))
        for stem, group in zip(stems, groups, strict=True)
    ]
    sizes = Counter(board.track.track for board in made)
    return tuple(sorted(made, key=lambda board: (-sizes[board.track.track], *_place(board))))


def _place(board: Board) -> tuple[str, int, str]:
    """Sort key of boards of equally large tracks: by track, then as its track file lists splits."""
    return board.track.track, [*board.track.splits].index(board.split), board.stem


def _board(stem: str, group: Sequence[Result], baselines: Collection[str]) -> Board:
    """Rank the results of one split."""
    first = group[0]
    names = Counter(visible_line(str(result["system"])) for result in group)
    entries = (
        Entry(
            standing,
            names[visible_line(str(standing.result["system"]))] == 1,
            _baseline(standing.result, baselines),
        )
        for standing in standings(group)
    )
    return Board(
        stem,
        track=load_split(f"{first['track']}/{first['split']}").track,
        split=str(first["split"]),
        protocol=visible_line(str(first["protocol"])),
        digest=str(first["split_sha256"]),
        sheet=sheet_of(str(first["protocol"])),
        entries=tuple(entries),
    )


def _stems(firsts: Iterable[Result]) -> list[str]:
    """Name the files of each board after its split; those of one name are numbered."""
    stems: list[str] = []
    for first in firsts:
        stem = re.sub("[^a-z0-9]+", "-", f"{first['track']}-{first['split']}".lower()).strip("-")
        twins = sum(re.sub(r"--\d+$", "", other) == stem for other in stems)
        stems.append(f"{stem}--{twins + 1}" if twins else stem)
    return stems


def _baseline(result: Result, baselines: Collection[str]) -> str | None:
    """Return which of the suite's own systems a result says to be of."""
    name = str(result["system"]).removesuffix(_KNOWN_COUNT)
    return name if name in baselines else None


def _parameter(value: Any) -> str:
    """Write a parameter."""
    if isinstance(value, str):
        return visible_line(value, longest=None)
    return f"{value:.12g}" if isinstance(value, float) else str(value)
