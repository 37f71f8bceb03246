"""Files of ours that are given where another kind of them is wanted."""

from pathlib import Path
from typing import Any, Final, Literal

from simgen.errors import SubmissionError

__all__ = ["refuse_mistaken", "refuse_part"]

_ADVICE: Final = {
    "result": "this is a result, not a submission; bench page and plot take it",
    "submission": "this is a submission; score it first: simgen bench score FILE",
}
"""What to do with a file, by the key that holds the version of its kind."""

_PARTS: Final = frozenset({".csv", ".npy"})
"""Ends of files that lie beside the one which says what a submission is."""


def refuse_mistaken(data: Any, wanted: Literal["result", "submission"], where: str) -> None:
    """Refuse parsed JSON that says of itself that it is another kind than is wanted.

    Raises
    ------
    SubmissionError
        With what takes it.
    """
    if not isinstance(data, dict) or wanted in data:
        return
    for kind, advice in _ADVICE.items():
        if kind in data:
            raise SubmissionError([advice], where=where)


def refuse_part(path: Path) -> None:
    """Refuse a single file that is only a part of a submission.

    Raises
    ------
    SubmissionError
        If it is one.
    """
    is_part = path.suffix in _PARTS or path.name == "predictions.json"
    if is_part and path.is_file():
        fault = "is a part of a submission; give the folder that holds it"
        raise SubmissionError([fault], where=path.name)
