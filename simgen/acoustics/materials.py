"""Wall materials by name, and how much of the sound's energy each absorbs."""

import difflib
import functools
import json
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simgen.errors import ParameterError

__all__ = ["ALIASES", "absorption_of", "material_names"]

ALIASES: Final = {
    "acoustic_panel": "panel_fabric_covered_6pcf",
    "acoustic_plaster": "acoustical_plaster_25mm",
    "acoustic_tile": "ceiling_fissured_tile",
    "audience": "audience_1_m2",
    "blinds": "blinds_half_open",
    "brick": "smooth_brickwork_flush_pointing",
    "carpet_thick": "carpet_tufted_9m",
    "concrete": "unpainted_concrete",
    "curtains": "curtains_cotton_0.5",
    "curtains_thin": "curtains_0.2",
    "door": "wooden_door",
    "double_glazing": "double_glazing_10mm",
    "felt": "felt_5mm",
    "foam_tile": "ceiling_melamine_foam",
    "linoleum": "linoleum_on_concrete",
    "marble": "marble_floor",
    "mineral_wool": "mineral_wool_50mm_40kgm3",
    "perforated_plasterboard": "gypsum_board",
    "plywood": "plywood_thin",
    "rockwool": "rockwool_50mm_80kgm3",
    "tiles": "ceramic_tiles",
    "upholstered_chairs": "chairs_medium_upholstered",
    "velvet": "curtains_velvet",
    "window": "glass_window",
    "wooden_floor": "stage_floor",
    "wooden_panel": "wooden_lining",
}
"""Everyday names of materials, and the names that pyroomacoustics' database has for them."""


def material_names() -> tuple[str, ...]:
    """Return every name that ``absorption_of`` knows, in alphabetical order."""
    return tuple(sorted((*ALIASES, *_database()[1])))


def absorption_of(name: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Look up how much sound energy a wall of the named material absorbs.

    Parameters
    ----------
    name
        A name of ``material_names()``.

    Returns
    -------
    Centre frequencies in Hz of octave bands from 125 Hz to 4 or 8 kHz, as far as the
    material was measured, and the energy absorption in each, both of shape (band,).

    Raises
    ------
    ParameterError
        If no material has that name; the message holds the names most like it.

    References
    ----------
    M. Vorlaender, Auralization, Springer 2008, annex; as the database of pyroomacoustics
    (``materials.json``) holds it.

    Examples
    --------
    >>> centres, absorption = absorption_of("brickwork")
    >>> dict(zip(centres.tolist(), absorption.tolist()))[1000.0]
    0.03
    """
    centres, materials = _database()
    found = materials.get(ALIASES.get(name, name))
    if found is None:
        near = difflib.get_close_matches(name, material_names(), n=3, cutoff=0.5)
        raise ParameterError(
            "no material has this name",
            value=name,
            allowed=f"one of {len(material_names())} names, such as brickwork or carpet_thin",
            fix=f"Did you mean {' or '.join(near)}?" if near else None,
        )
    return np.array(centres[: len(found)]), np.array(found)


@functools.cache
def _database() -> tuple[tuple[float, ...], dict[str, tuple[float, ...]]]:
    """Read the bands and the materials' absorption from pyroomacoustics' data.

    The file is read without importing the package, which takes about a second.
    """
    package = find_spec("pyroomacoustics")
    assert package is not None, "pyroomacoustics is a dependency"
    assert package.origin is not None
    text = (Path(package.origin).parent / "data" / "materials.json").read_text(encoding="utf-8")
    content = json.loads(text)
    materials = {
        name: tuple(map(float, material["coeffs"]))
        for group in content["absorption"].values()
        for name, material in group.items()
    }
    return tuple(map(float, content["center_freqs"])), materials
