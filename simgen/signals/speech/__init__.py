"""The speech that comes with simgen: synthetic talkers with exact word times."""

import json
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal, get_args

from simgen.errors import ParameterError
from simgen.signals.corpus import Corpus, Utterance, Word

__all__ = ["Part", "shipped_speech"]

Part = Literal["any", "train", "dev", "test"]
"""A part of the corpus; talkers and sentences of train, dev and test are disjoint."""

_FOLDER: Final = Path(__file__).parent


@cache
def shipped_speech(part: Part = "any") -> Corpus:
    """Return the corpus that comes with simgen, or one part of it.

    Parameters
    ----------
    part
        ``train``, ``dev`` or ``test``, which share neither talker nor sentence, or ``any`` for
        all of them.

    Raises
    ------
    ParameterError
        If there is no such part.

    Examples
    --------
    >>> shipped_speech("test").talkers()[-1]
    'flite-slt'
    """
    if part not in get_args(Part):
        raise ParameterError("no such part", value=part, allowed=", ".join(get_args(Part)))
    index = json.loads((_FOLDER / "index.json").read_text(encoding="utf-8"))
    return Corpus(
        "shipped",
        _FOLDER,
        tuple(
            _utterance(entry, index["sample_rate"])
            for entry in index["utterances"]
            if part in ("any", entry["part"])
        ),
    )


def _utterance(entry: dict[str, Any], sample_rate: int) -> Utterance:
    """Turn a line of the index into an utterance."""
    return Utterance(
        file=entry["file"],
        talker=entry["talker"],
        num_frames=entry["num_frames"],
        sample_rate=sample_rate,
        text=entry["text"],
        words=tuple(Word(*word) for word in entry["words"]),
        sha256=entry["sha256"],
    )
