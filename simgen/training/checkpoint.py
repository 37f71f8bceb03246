"""Where training is, so that it goes on after it was killed."""

import io
import pickle
from pathlib import Path
from typing import Any

import torch

from simgen.dataset.atomic import write_atomically
from simgen.errors import DatasetError

__all__ = ["read_checkpoint", "write_checkpoint"]


def write_checkpoint(path: Path, state: dict[str, Any], *, identity: str) -> None:
    """Write a state, whole or not at all.

    Parameters
    ----------
    path
        The file.
    state
        Tensors, numbers, text, and lists and dictionaries of them.
    identity
        What the training is of; another one cannot go on from here.
    """
    buffer = io.BytesIO()
    torch.save({"identity": identity, "state": state}, buffer)
    write_atomically(path, buffer.getvalue())


def read_checkpoint(path: Path, *, identity: str) -> dict[str, Any] | None:
    """Return the state that was written, or None if nothing was.

    Raises
    ------
    DatasetError
        If the file is of another training, or no checkpoint.
    """
    if not path.exists():
        return None
    try:
        saved = torch.load(path, weights_only=True, map_location="cpu")
        state, written_by = saved["state"], saved["identity"]
    except (pickle.UnpicklingError, RuntimeError, EOFError, KeyError, TypeError) as error:
        raise DatasetError(
            "this is no checkpoint", where=str(path), fix="Delete it to begin anew."
        ) from error
    if written_by != identity:
        raise DatasetError(
            "this checkpoint is of another training",
            where=str(path),
            fix="Give the same options again, choose another --out, or delete it to begin anew.",
        )
    return dict(state)
