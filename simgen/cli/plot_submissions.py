"""What ``simgen plot`` draws of submissions of filters, on the split that they are for."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from simgen.acoustics.rotation import from_room_frame
from simgen.benchmark.driver_errors import driver_errors
from simgen.benchmark.filters import FilterSubmission
from simgen.benchmark.suite import Split, load_split
from simgen.cli.dataset_commands import cores
from simgen.cli.splits import cached_split, open_built
from simgen.errors import ParameterError
from simgen.evaluate.beam import BEAM_TASKS
from simgen.evaluate.crosstalk import crosstalk_plants
from simgen.evaluate.designs import listener_of
from simgen.evaluate.kinds import kind_of, read_submission
from simgen.evaluate.soundstage import soundstage_plants
from simgen.pictures.beams import beam_figure, beam_maps_figure
from simgen.pictures.head_map import HeadMap, head_map_figure
from simgen.pictures.listening_zone import Zone, listening_zones_figure
from simgen.pictures.separation import Curve, SeparationPanel, pose_spread, separation_figure
from simgen.scene.scene import Scene
from simgen.scoring.beam_bands import GRADED_BANDS as BEAM_BANDS
from simgen.scoring.beam_bands import PLANT_BINS as BEAM_BINS
from simgen.scoring.beam_plant import beam_spectra
from simgen.scoring.crosstalk_bands import GRADED_BANDS, PLANT_BINS
from simgen.scoring.crosstalk_condition import separation_db
from simgen.scoring.crosstalk_filters import filter_spectra
from simgen.scoring.crosstalk_plant import doing_nothing, ear_powers
from simgen.scoring.soundstage_plant import SoundstagePlant, panned_spectra
from simgen.scoring.soundstage_report import perceived_azimuths

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from simgen.dataset.dataset import Dataset

__all__ = ["draw_submissions"]

_AZIMUTHS: Final = np.deg2rad(np.arange(-180.0, 181.0, 3.0))
"""Azimuths in rad that beams are drawn at, once round."""

_EVERY_BIN: Final = 3
"""Of those that beams are scored at, one is drawn: steps of 18 Hz are fine enough to see."""


@dataclass(frozen=True)
class _Heard:
    """Submissions for one split, and what it takes to hear them.

    Attributes
    ----------
    submissions
        All for that split.
    split
        It.
    dataset
        The split as built; None where nothing is rendered.
    """

    submissions: Sequence[FilterSubmission]
    split: Split
    dataset: "Dataset | None"


def draw_submissions(
    folders: Sequence[Path],
    kind: str | None = None,
    *,
    data: Path | None = None,
    quiet: bool = True,
) -> "tuple[str, Figure]":
    """Draw filters on the split that they are for.

    Parameters
    ----------
    folders
        The submissions, all for one split.
    kind
        What is drawn; the first figure of their protocol if None.
    data
        The split as built; from the user's cache, where it is built first, if None.
    quiet
        Whether nothing shows how far building has come.

    Returns
    -------
    The kind that was drawn, and the figure.

    Raises
    ------
    SubmissionError
        If a folder is not a submission.
    ParameterError
        If submissions are for different splits, or their protocol has no such figure.
    """
    submissions = [read_submission(folder) for folder in folders]
    scored = {(each.track, each.split, each.protocol) for each in submissions}
    if len(scored) > 1:
        raise ParameterError("the submissions are for different splits", value=sorted(scored))
    [(track, name, protocol)] = scored
    chosen = _chosen(kind, protocol)
    split = load_split(f"{track}/{name}")
    filters = [each for each in submissions if isinstance(each, FilterSubmission)]
    heard = _Heard(filters, split, _heard_in(split, data, quiet=quiet))
    return chosen, _FIGURES[protocol][chosen](heard)


def _chosen(kind: str | None, protocol: str) -> str:
    """Return the figure that is asked for, or the first one of a protocol."""
    kinds = [*_FIGURES.get(protocol, {})]
    chosen = kind or (kinds[0] if kinds else "any")
    if chosen not in kinds:
        raise ParameterError(
            f"--kind is no figure of a submission to {protocol}",
            value=chosen,
            allowed=", ".join(kinds) or "none",
        )
    return chosen


def _heard_in(split: Split, data: Path | None, *, quiet: bool) -> "Dataset | None":
    """Open the split that filters are heard in, if any is rendered."""
    if not kind_of(split.track.protocol).needs_recordings:
        return None
    return open_built(split, data) if data else cached_split(split, jobs=cores(), quiet=quiet)


# Crosstalk


def _draw_separation(heard: _Heard) -> "Figure":
    """Draw separation over frequency, a panel for each device and condition."""
    assert heard.dataset is not None  # crosstalk is heard in rendered scenes
    panels, across = [], 1
    for device, plants in crosstalk_plants(heard.split, heard.dataset).items():
        submitted = _with_filters(heard, device)
        across = max(across, len(plants) if submitted else 1)
        for plant in plants if submitted else ():
            nothing = _spread(plant.poses, doing_nothing(plant.num_drivers))
            curves = {name: _spread(plant.poses, taps) for name, taps in submitted.items()}
            panels.append(SeparationPanel(f"{device}, {plant.name}", curves, nothing))
    return separation_figure(GRADED_BANDS.centres, panels, columns=across)


def _draw_map(heard: _Heard) -> "Figure":
    """Draw separation over the places of the head, mean over the conditions and turns there."""
    assert heard.dataset is not None  # as above
    listener = listener_of(heard.split)
    offsets = np.concatenate([_offsets(scene, listener)[1:] for scene in heard.split.scenes])
    maps = []
    for device, plants in crosstalk_plants(heard.split, heard.dataset).items():
        for name, taps in _with_filters(heard, device).items():
            levels = [_separation(plant.poses, taps).mean(axis=1) for plant in plants]
            maps.append(HeadMap(f"{device}: {name}", offsets, np.concatenate(levels)))
    return head_map_figure(maps)


def _with_filters(heard: _Heard, device: str) -> dict[str, NDArray[Any]]:
    """Return the taps of every system that has some for a device."""
    return {
        each.system: each.filters[device] for each in heard.submissions if device in each.filters
    }


def _separation(plant: NDArray[np.complex128], taps: NDArray[Any]) -> NDArray[np.float64]:
    """Return the separation of filters, (pose, band)."""
    return separation_db(ear_powers(plant, filter_spectra(taps)[PLANT_BINS]))


def _spread(plant: NDArray[np.complex128], taps: NDArray[Any]) -> Curve:
    """Return how the separation of filters spreads over the poses."""
    return pose_spread(_separation(plant, taps))


def _offsets(scene: Scene, listener: str) -> NDArray[np.float64]:
    """Return how far poses are from the nominal one in its frame in m, shape (pose, 2)."""
    poses = scene.listeners[listener].poses
    places = [pose.position for pose in poses]
    return from_room_frame(places, poses[0].position, poses[0].orientation)[:, :2]


# Beams


def _draw_pattern(heard: _Heard) -> "Figure":
    """Draw what each device radiates, as it was meant, over frequency and azimuth."""
    frequency = BEAM_BANDS.frequencies[::_EVERY_BIN]
    patterns = {}
    for device, task in BEAM_TASKS.items():
        radiated = task.towards(frequency, _AZIMUTHS)
        for name, taps in _with_filters(heard, device).items():
            spectra = beam_spectra(taps)[BEAM_BINS][::_EVERY_BIN]
            patterns[f"{device}: {name}"] = np.einsum("fad,fd->fa", radiated, spectra)
    axis = int(np.argmin(np.abs(_AZIMUTHS)))
    if len(patterns) == 1:
        [(title, pattern)] = patterns.items()
        return beam_figure(frequency, _AZIMUTHS[:-1], pattern[:, :-1], axis=axis, title=title)
    columns = len(heard.submissions) if len(heard.submissions) > 1 else len(patterns)
    return beam_maps_figure(frequency, _AZIMUTHS, patterns, axis=axis, columns=columns)


# Soundstages


def _draw_zone(heard: _Heard) -> "Figure":
    """Draw by how much the stage is heard elsewhere, over the seats."""
    assert heard.dataset is not None  # stages are heard in rendered scenes
    graded = driver_errors(heard.split)
    seated = next(scene for scene in heard.split.scenes if scene.name in graded)
    seats = _offsets(seated, listener_of(heard.split))[1:]
    zones = []
    for device, plants in soundstage_plants(heard.split, heard.dataset).items():
        intended = np.concatenate([plant.azimuths for plant in plants], axis=1)
        for name, taps in _with_filters(heard, device).items():
            perceived = [_perceived(plant, taps) for plant in plants]
            title = f"{device}: {name}"
            zones.append(Zone(title, seats, np.concatenate(perceived, axis=1), intended))
    return listening_zones_figure(zones)


def _perceived(plant: SoundstagePlant, taps: NDArray[Any]) -> NDArray[np.float64]:
    """Return where one head hears the sources of the stage, in rad, (seat, place)."""
    heard = panned_spectra(plant.device.poses, filter_spectra(taps)[PLANT_BINS])
    return perceived_azimuths(heard, plant.directions)


_FIGURES: Final[Mapping[str, Mapping[str, Callable[[_Heard], "Figure"]]]] = MappingProxyType(
    {
        "ctc/1": {"separation": _draw_separation, "map": _draw_map},
        "beam/1": {"pattern": _draw_pattern},
        "stage/1": {"zone": _draw_zone},
    }
)
"""How each kind of figure is drawn, by protocol; the first one if nothing is said."""
