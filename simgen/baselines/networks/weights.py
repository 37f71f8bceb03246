"""The weights of a network as files without code.

NAME.npz holds one float16 array for each parameter, NAME.json what made them.
"""

import hashlib
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray

from simgen.baselines.networks.provenance import (
    Provenance,
    missing_weights,
    read_provenance,
    weights_folder,
)
from simgen.errors import ParameterError

__all__ = ["LARGEST_FILE", "load_weights", "pack_weights"]

LARGEST_FILE: Final = 2_000_000
"""Most bytes of a file of weights."""


def pack_weights(module: torch.nn.Module) -> bytes:
    """Return the parameters of a module as the bytes of an .npz file, in half precision."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **_halves(module))
    return buffer.getvalue()


def load_weights(module: torch.nn.Module, name: str, folder: Path | None = None) -> Provenance:
    """Read the weights of a network into a module.

    Parameters
    ----------
    module
        What takes them.
    name
        The network's name.
    folder
        Where the files lie; with simgen's own if left out.

    Raises
    ------
    ParameterError
        If a file is missing, too large or damaged, or the weights are not those of the module.
    """
    place = folder or weights_folder()
    provenance = read_provenance(name, place)
    file = place / f"{name}.npz"
    arrays = _read_arrays(file, provenance.digests.get("weights", ""))
    wanted = module.state_dict()
    if faults := sorted(_faults(arrays, wanted)):
        raise ParameterError("the weights do not fit the network", value=faults, where=str(file))
    module.load_state_dict(
        {key: torch.from_numpy(arrays[key]).to(wanted[key].dtype) for key in wanted}
    )
    return provenance


def _halves(module: torch.nn.Module) -> dict[str, NDArray[Any]]:
    """Return all parameters and buffers by name, real ones in half precision."""
    arrays = {key: value.detach().cpu().numpy() for key, value in module.state_dict().items()}
    return {
        key: array.astype(np.float16) if array.dtype.kind == "f" else array
        for key, array in arrays.items()
    }


def _read_arrays(file: Path, sha256: str) -> dict[str, NDArray[Any]]:
    """Read arrays by name, if they are those of a digest."""
    if not file.exists():
        raise missing_weights(file)
    if (size := file.stat().st_size) > LARGEST_FILE:
        allowed = f"{LARGEST_FILE} bytes"
        raise ParameterError("the weights are larger than any are", value=size, allowed=allowed)
    content = file.read_bytes()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ParameterError(
            "the weights are not those that their description is of", where=str(file)
        )
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            return dict(arrays)
    except (ValueError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise ParameterError("the weights are damaged", where=str(file)) from error


def _faults(arrays: Mapping[str, NDArray[Any]], wanted: Mapping[str, torch.Tensor]) -> list[str]:
    """Say what is missing, superfluous, of another shape or not finite."""
    faults = [f"no {key}" for key in wanted.keys() - arrays.keys()]
    faults += [f"superfluous {key}" for key in arrays.keys() - wanted.keys()]
    for key in wanted.keys() & arrays.keys():
        shape = tuple(wanted[key].shape)
        if arrays[key].shape != shape:
            faults.append(f"{key} of shape {arrays[key].shape} instead of {shape}")
        elif arrays[key].dtype.kind not in "fi":
            faults.append(f"{key} is not of numbers")
        elif not np.all(np.isfinite(arrays[key])):
            faults.append(f"{key} is not finite")
    return faults
