"""Draw what designs of filters do: ``python docs/pictures/playback.py``.

It needs the extra ``plot``. It writes playback.png and the others next to itself, or where its only
argument says.
"""

import sys
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[2]))  # for the tests: they are not installed

from simgen.pictures.beams import beam_figure
from simgen.pictures.head_map import HeadMap, head_map_figure
from simgen.pictures.listening_zone import listening_zone_figure
from simgen.pictures.paths import alignment_figure
from simgen.pictures.separation import SeparationPanel, pose_spread, separation_figure
from simgen.pictures.style import figure_bytes
from simgen.playback.alignment import delay_signals
from simgen.playback.beam_measures import beam_pattern
from simgen.playback.beams import constrained_beam
from simgen.playback.fir_filters import crossfade_to_natural, fir_taps
from simgen.playback.gain_capped import gain_capped_inverse
from simgen.playback.natural import match_natural, natural_routing, natural_target, relative_plant
from simgen.playback.pose_averaged import pose_averaged_inverse
from simgen.playback.soundstage import path_responses, soundstage_delays, soundstage_filters
from simgen.scoring.crosstalk_bands import (
    GRADED_BANDS,
    PLANT_BINS,
    SAMPLE_RATE,
    plant_frequencies,
    transform_frequencies,
)
from simgen.scoring.crosstalk_condition import separation_db
from simgen.scoring.crosstalk_plant import ear_powers
from simgen.scoring.interaural import interaural_time
from tests.references.crosstalk_plants import (
    DEVICES,
    HEADS,
    ROOMS,
    SPEED,
    Surface,
    plant,
    poses,
    with_driver_errors,
)

HERE = Path(__file__).parent

HEAD = HEADS["sphere 8.75"]
FREQUENCY = plant_frequencies()
SURFACE = Surface(HEAD.radius, FREQUENCY)

GAIN_CAP = 10.0 ** (6.0 / 20.0)
"""Of the filters over doing nothing."""

TITLES = {"A": "pair at \N{PLUS-MINUS SIGN}30 degrees", "B": "2 drivers, 15 cm wide"}
BEAM_DRIVERS = [(0.0, y, 0.0) for y in (0.06, 0.0, -0.06)]


def main() -> None:
    """Compute, draw and write."""
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "playback.png"
    file.write_bytes(figure_bytes(draw_separation(), ".png"))
    file.with_stem(f"{file.stem}-map").write_bytes(figure_bytes(draw_map(), ".png"))
    file.with_stem(f"{file.stem}-beam").write_bytes(figure_bytes(draw_beam(), ".png"))
    file.with_stem(f"{file.stem}-zone").write_bytes(figure_bytes(draw_zone(), ".png"))
    file.with_stem(f"{file.stem}-paths").write_bytes(figure_bytes(draw_paths(), ".png"))


# Crosstalk cancellation


def systems(device: str) -> dict[str, NDArray[np.complex128]]:
    """Return filters (frequency, driver, input) designed without a room, doing nothing first."""
    drivers = DEVICES[device]
    nominal = plant(SURFACE, HEAD, drivers, np.zeros((1, 3)))
    moved = plant(SURFACE, HEAD, drivers, symmetric_poses())
    averaged = pose_averaged_inverse(moved, natural_target(moved), gain_cap=GAIN_CAP)
    one = gain_capped_inverse(relative_plant(nominal[0]), gain_cap=GAIN_CAP)
    return {
        "doing nothing": natural_routing(len(FREQUENCY), len(drivers)),
        "inverse at one pose": one,
        "inverse averaged over poses": averaged,
    }


def symmetric_poses() -> NDArray[np.float64]:
    """Return poses to design on, each with its mirror image."""
    drawn = poses(12, 1)
    return np.concatenate([drawn, drawn * (1.0, -1.0, -1.0)])


def draw_separation() -> Figure:
    """Draw separation over frequency at poses that no design has seen."""
    panels = []
    for device, title in TITLES.items():
        filters = systems(device)
        for name, room in (("without a room", None), ("in a room", ROOMS["R4"])):
            heard = plant(SURFACE, HEAD, DEVICES[device], poses(32, 7), room)
            heard = with_driver_errors(heard, FREQUENCY, 7)
            spread = {
                system: pose_spread(separation_db(ear_powers(heard, each)))
                for system, each in filters.items()
            }
            nothing = spread.pop("doing nothing")
            panels.append(SeparationPanel(f"{title}, {name}", spread, nothing))
    return separation_figure(GRADED_BANDS.centres, panels, columns=2)


def draw_map() -> Figure:
    """Draw separation of the wide pair over places of a head that looks ahead."""
    forward, left = np.linspace(-0.2, 0.2, 9), np.linspace(-0.1, 0.1, 9)
    places = np.stack(np.meshgrid(forward, left, [0.0], indexing="ij"), axis=-1).reshape(-1, 3)
    heard = plant(SURFACE, HEAD, DEVICES["A"], places)
    maps = [
        HeadMap(name, places[:, :2], separation_db(ear_powers(heard, filters)).mean(axis=1))
        for name, filters in systems("A").items()
    ]
    return head_map_figure(maps)


# A beam


def radiated(
    frequency: NDArray[np.float64], azimuth: NDArray[np.float64]
) -> NDArray[np.complex128]:
    """Return what three drivers send into far directions, (frequency, azimuth, driver)."""
    towards = np.stack([np.cos(azimuth), np.sin(azimuth), 0.0 * azimuth], axis=1)
    ahead = towards @ np.transpose(BEAM_DRIVERS)
    return np.exp(2j * np.pi / SPEED * frequency[:, None, None] * ahead)


def quiet_sides(frequency: NDArray[np.float64]) -> NDArray[np.complex128]:
    """Return filters (frequency, driver) of a beam to the front with nulls at both sides."""
    sides = radiated(frequency, np.deg2rad([0.0, 90.0, -90.0]))
    return constrained_beam(sides, [1.0, 0.0, 0.0], white_noise_gain_floor_db=-6.0)


def draw_beam() -> Figure:
    """Draw the pattern of three drivers 12 cm wide."""
    frequency = np.geomspace(200.0, 8000.0, 160)
    azimuth = np.deg2rad(np.arange(-180.0, 180.0, 3.0))
    pattern = beam_pattern(radiated(frequency, azimuth), quiet_sides(frequency))
    return beam_figure(frequency, azimuth, pattern, axis=int(np.argmin(np.abs(azimuth))))


# A phantom source


def draw_zone() -> Figure:
    """Draw where the middle of a stereo pair is heard, by the time between the ears."""
    seats = np.stack(
        np.meshgrid(np.linspace(-0.1, 0.1, 5), np.linspace(-0.1, 0.1, 11), indexing="ij"), axis=-1
    ).reshape(-1, 2)
    ahead = np.column_stack([seats, np.zeros(len(seats))])
    heard = plant(SURFACE, HEAD, DEVICES["A"], ahead).sum(axis=-1, keepdims=True)
    intended = np.arctan2(-seats[:, 1], 2.0 * np.cos(np.pi / 6.0) - seats[:, 0])
    perceived = azimuths_of_times(interaural_time(heard)[:, 0])
    return listening_zone_figure(seats, perceived[:, None], intended=intended[:, None])


def azimuths_of_times(times: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the azimuth in rad from which one source alone makes each interaural time."""
    azimuths = np.deg2rad(np.arange(-80.0, 81.0, 2.0))
    around = [(2.0 * np.cos(azimuth), 2.0 * np.sin(azimuth), 0.0) for azimuth in azimuths]
    alone = plant(SURFACE, HEAD, around, np.zeros((1, 3)))
    return np.interp(times, interaural_time(alone)[0], azimuths)


# The chain of cancellation, beam and alignment


def draw_paths() -> Figure:
    """Draw what left, right and centre of three drivers send ahead, late and in time."""
    sides, beam = side_taps(), beam_taps()
    ahead = np.zeros((3, 32))
    ahead[:, 16] = 1.0  # all drivers are as far from a point ahead
    bank = soundstage_filters(sides, beam)
    delays = soundstage_delays(sides, beam, plant=ahead)
    return alignment_figure(
        path_responses(bank, ahead),
        delay_signals(path_responses(bank, ahead), delays),
        sample_rate=SAMPLE_RATE,
        names=("left", "right", "centre"),
    )


def side_taps() -> NDArray[np.float64]:
    """Return filters that cancel crosstalk, shape (driver, 2, tap); beyond their band, nothing."""
    drivers = [(2.0, y, z) for _, y, z in BEAM_DRIVERS]
    moved = plant(SURFACE, HEAD, drivers, symmetric_poses())
    averaged = pose_averaged_inverse(moved, natural_target(moved), gain_cap=GAIN_CAP)
    faded = crossfade_to_natural(match_natural(averaged, moved), FREQUENCY)
    whole = natural_routing(len(transform_frequencies()), len(drivers))
    whole[PLANT_BINS] = faded
    return fir_taps(whole, num_taps=256)


def beam_taps() -> NDArray[np.float64]:
    """Return the beam's filters, shape (driver, tap); beyond its band, those at its ends."""
    within = np.clip(transform_frequencies(), 200.0, 5000.0)
    return fir_taps(quiet_sides(within)[:, :, None], num_taps=128)[:, 0]


if __name__ == "__main__":
    main()
