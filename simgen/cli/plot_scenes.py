"""What ``simgen plot`` draws of a scene: its arrays handed to :mod:`simgen.pictures`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.signal import zoom_fft

from simgen.acoustics.rotation import from_room_frame, to_room_frame
from simgen.benchmark.array_files import read_array
from simgen.benchmark.filters import read_filters
from simgen.errors import ParameterError, ShapeError
from simgen.pictures.ears import ear_responses_figure
from simgen.pictures.head_map import HeadMap, head_map_figure
from simgen.pictures.recordings import recording_figure
from simgen.pictures.rooms import Placed, room_figure
from simgen.pictures.separation import SeparationPanel, pose_spread, separation_figure
from simgen.render.recording import Recording
from simgen.scene.directivity import OMNI
from simgen.scene.scene import Scene
from simgen.scoring.crosstalk_bands import GRADED_BANDS, plant_frequencies
from simgen.scoring.crosstalk_condition import separation_db
from simgen.scoring.crosstalk_plant import doing_nothing, ear_powers

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["SCENE_FIGURES", "SceneChoice", "band_spectra", "placed_things"]

_AHEAD: Final = (1.0, 0.0, 0.0)
_ORIGIN: Final = (0.0, 0.0, 0.0)


@dataclass(frozen=True)
class SceneChoice:
    """What of a scene is drawn.

    Attributes
    ----------
    array, device, listener
        By name; the first one if None.
    filters
        What is played through the device, shape (driver, 2, tap): a .npy file, or a submission
        that holds filters for a device of that name.
    """

    array: str | None = None
    device: str | None = None
    listener: str | None = None
    filters: Path | None = None


def _draw_room(recording: Recording, _choice: SceneChoice) -> "Figure":
    """Draw the plan of the room."""
    scene = recording.scene
    return room_figure(scene.room.size, placed_things(scene), title=_title(scene))


def _draw_recording(recording: Recording, choice: SceneChoice) -> "Figure":
    """Draw what the first microphone of an array records."""
    scene = recording.scene
    name = _named(recording.signals, choice.array, "array")
    signals = recording.signals[name]
    return recording_figure(
        signals[0],
        recording.labels[name].activity,
        sample_rate=scene.sample_rate,
        hop_length=scene.label_hop,
        names=[source.name for source in scene.sources],
        title=f"{_title(scene)}: {name}, microphone 0 of {len(signals)}",
    )


def _draw_ears(recording: Recording, choice: SceneChoice) -> "Figure":
    """Draw what reaches the ears at the nominal pose."""
    listener, device, responses = _ear_responses(recording, choice)
    return ear_responses_figure(
        responses[0],
        recording.scene.sample_rate,
        title=f"{_title(recording.scene)}: {device} to {listener}, "
        f"nominal of {len(responses)} pose{'s' if len(responses) > 1 else ''}",
    )


def _draw_separation(recording: Recording, choice: SceneChoice) -> "Figure":
    """Draw separation over frequency, of filters or of doing nothing."""
    listener, device, found = _separations(recording, choice)
    spreads = {name: pose_spread(levels) for name, levels in found.items()}
    nothing = spreads.pop(_NOTHING)
    title = f"{_title(recording.scene)}: {device} to {listener}"
    centres = GRADED_BANDS.centres[_audible(recording.scene)]
    return separation_figure(centres, [SeparationPanel(title, spreads, nothing)])


def _draw_map(recording: Recording, choice: SceneChoice) -> "Figure":
    """Draw separation over the positions of the head."""
    listener, _, found = _separations(recording, choice)
    poses = recording.scene.listeners[listener].poses
    offsets = from_room_frame(
        [pose.position for pose in poses], poses[0].position, poses[0].orientation
    )
    maps = [HeadMap(name, offsets[:, :2], levels.mean(axis=1)) for name, levels in found.items()]
    return head_map_figure(maps)


SCENE_FIGURES: Final[Mapping[str, Callable[[Recording, SceneChoice], "Figure"]]] = MappingProxyType(
    {
        "room": _draw_room,
        "recording": _draw_recording,
        "ears": _draw_ears,
        "separation": _draw_separation,
        "map": _draw_map,
    }
)
"""How each kind of figure is drawn."""


def _title(scene: Scene) -> str:
    """Name a scene."""
    return f"{scene.name}, scene {scene.index}"


def _named(things: Mapping[str, Any], name: str | None, what: str) -> str:
    """Return the name that is asked for, or the first one."""
    if not things:
        raise ParameterError(f"the scene holds nothing of any {what}")
    if name is not None and name not in things:
        raise ParameterError(f"--{what} is not in the scene", value=name, allowed=", ".join(things))
    return name or next(iter(things))


# Where things are


def placed_things(scene: Scene) -> list[Placed]:
    """Return everything that stands in a scene's room."""
    things = [
        Placed(
            "array",
            name,
            to_room_frame(array.microphones, array.position, array.orientation),
            _facing(array.orientation),
            np.array([array.position]),
        )
        for name, array in scene.arrays.items()
    ]
    for source in scene.sources:
        facing = None if source.directivity == OMNI else _facing(source.orientation)
        things.append(Placed("source", source.name, np.array([source.position]), facing))
    for name, device in scene.devices.items():
        places = [driver.position for driver in device.drivers]
        ahead = np.concatenate([_facing(driver.orientation) for driver in device.drivers])
        things.append(
            Placed(
                "device",
                name,
                to_room_frame(places, device.position, device.orientation),
                to_room_frame(ahead, _ORIGIN, device.orientation),
            )
        )
    for name, listener in scene.listeners.items():
        heads = np.array([pose.position for pose in listener.poses])
        ahead = np.concatenate([_facing(pose.orientation) for pose in listener.poses])
        things.append(Placed("listener", name, heads, ahead))
    return things


def _facing(orientation: tuple[float, float, float, float]) -> NDArray[np.float64]:
    """Return where something turned faces, shape (1, 3)."""
    return to_room_frame([_AHEAD], _ORIGIN, orientation)


# What the ears receive

_NOTHING: Final = "doing nothing"


def _ear_responses(
    recording: Recording, choice: SceneChoice
) -> tuple[str, str, NDArray[np.float32]]:
    """Return listener, device and responses (pose, ear, loudspeaker, sample)."""
    listener = _named(recording.ear_responses, choice.listener, "listener")
    device = _named(recording.ear_responses[listener], choice.device, "device")
    return listener, device, recording.ear_responses[listener][device]


def _separations(
    recording: Recording, choice: SceneChoice
) -> tuple[str, str, dict[str, NDArray[np.float64]]]:
    """Return listener, device and separations (pose, band), of doing nothing first."""
    listener, device, responses = _ear_responses(recording, choice)
    if responses.shape[2] < 2:
        raise ParameterError("a device of one loudspeaker separates nothing", where=device)
    systems = {_NOTHING: _nothing(recording.scene, listener, device)}
    if choice.filters is not None:
        name, taps = _filters(choice.filters, device, recording.scene.sample_rate)
        _require_taps(taps, responses.shape[2], choice.filters.name)
        systems[name] = taps
    rate, shown = recording.scene.sample_rate, _audible(recording.scene)
    plant = np.moveaxis(band_spectra(responses, rate), -1, 1)
    found = {}
    for name, taps in systems.items():
        spectra = np.moveaxis(band_spectra(taps, rate), -1, 0)
        found[name] = separation_db(ear_powers(plant, spectra))[:, shown]
    return listener, device, found


def _nothing(scene: Scene, listener: str, device: str) -> NDArray[np.float64]:
    """Route left and right to the outermost drivers as the listener sees them.

    A device that looks at its listener has its own left on the listener's right.
    """
    played, pose = scene.devices[device], scene.listeners[listener].poses[0]
    places = to_room_frame(
        [driver.position for driver in played.drivers], played.position, played.orientation
    )
    lateral = from_room_frame(places, pose.position, pose.orientation)[:, 1]
    taps = doing_nothing(len(lateral))
    routed = np.empty_like(taps)
    routed[np.argsort(-lateral, kind="stable")] = taps
    return routed


def _filters(place: Path, device: str, sample_rate: float) -> tuple[str, NDArray[Any]]:
    """Return the name and the taps of filters: of a file, or those of a device in a submission."""
    if not place.is_dir():
        return place.stem, read_array(place)
    submission = read_filters(place)
    if device not in submission.filters:
        raise ParameterError(
            "the submission has no filters for the device",
            value=device,
            allowed=", ".join(submission.filters),
            where=place.name,
            fix="Name the file of filters to play instead of the submission.",
        )
    if submission.sample_rate_hz != sample_rate:
        raise ParameterError(
            "the submission has another sample rate than the scene",
            value=submission.sample_rate_hz,
            allowed=f"{sample_rate:g}",
            where=place.name,
        )
    return submission.system, submission.filters[device]


def _require_taps(taps: NDArray[Any], num_drivers: int, where: str) -> None:
    """Refuse filters that are not for a device of so many drivers."""
    if taps.shape[:2] != (num_drivers, 2) or taps.ndim != 3 or not taps.size:
        raise ShapeError(f"has shape {taps.shape}", allowed=f"({num_drivers}, 2, tap)", where=where)
    if not np.all(np.isfinite(taps)):
        raise ShapeError("holds a value that is not finite", where=where)


def band_spectra(responses: NDArray[Any], sample_rate: float) -> NDArray[np.complex128]:
    """Return the spectra of responses at the frequencies that separation is measured at.

    Parameters
    ----------
    responses
        Shape (..., sample), of any length.
    sample_rate
        In Hz.

    Returns
    -------
    Shape (..., frequency); beyond half the sample rate it means nothing.
    """
    frequency = plant_frequencies()
    ends = frequency[[0, -1]]
    spectra = zoom_fft(
        np.asarray(responses, dtype=np.float64), ends, len(frequency), fs=sample_rate, endpoint=True
    )
    return np.asarray(spectra, dtype=np.complex128)


def _audible(scene: Scene) -> slice:
    """Return the bands below half the sample rate."""
    below = int(np.sum(GRADED_BANDS.edges[1:] <= 0.5 * scene.sample_rate))
    if not below:
        raise ParameterError(
            "no band of separation lies below half the sample rate", value=scene.sample_rate
        )
    return slice(below)
