"""Draw what the acoustic engine computes: ``python docs/pictures/engine.py``.

It needs the extra ``plot``, and for all curves the extra ``bench``. It writes engine.png next to
itself, or where its only argument says.
"""

import dataclasses
import io
import sys
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PIL import Image
from scipy.signal import butter, resample, sosfiltfilt

sys.path.insert(0, str(Path(__file__).parents[2]))  # for the benchmarks: they are not installed

from benchmarks.speed.error import FADE_S, HIGHEST, exact_responses
from benchmarks.speed.peers import BROADBAND
from benchmarks.speed.work import SOURCES, Work, broadband_work
from simgen.acoustics.air import air_absorption, speed_of_sound
from simgen.acoustics.bands import octave_bands
from simgen.acoustics.responses import box_responses, response_length
from simgen.acoustics.reverberation import eyring_absorption
from simgen.acoustics.room import BoxRoom
from tests.references.direction_decay import mirrored_decay

HERE = Path(__file__).parent

SIZE = (6.0, 5.0, 3.0)
T60 = 0.4
RATE = 16_000
BANDS = octave_bands(RATE)
MICROPHONES = ((3.3, 2.2, 1.2), (2.1, 3.1, 0.9), (5.2, 2.6, 1.9), (0.8, 2.4, 2.2))
"""Positions in m; the first one's response is drawn."""

SHOWN_S = 0.1
FINE = 4
"""Points drawn for each sample, so that peaks between samples are seen."""

STYLES = {
    "simgen": {"color": "#0072B2", "marker": "o"},
    "pyroomacoustics": {"color": "#D55E00", "marker": "s"},
    "rir-generator": {"color": "#009E73", "marker": "^"},
}
"""Colours that the colour-blind tell apart: Okabe and Ito, Color Universal Design, 2008."""


def main() -> None:
    """Compute, draw and write."""
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "engine.png"
    mpl.rcParams.update({"font.size": 10, "axes.titlesize": 10, "axes.titlelocation": "left"})
    figure = Figure(figsize=(9.0, 6.2), dpi=150, layout="constrained")
    axes = figure.subplot_mosaic([["response", "response"], ["decay", "error"]])
    room = octave_band_room()
    responses = room_responses(room)
    draw_response(axes["response"], responses[0, 0], room.speed_of_sound)
    draw_decay(axes["decay"], responses, room)
    draw_error(axes["error"])
    for panel in axes.values():
        panel.spines[["top", "right"]].set_visible(False)
        panel.grid(color="0.9", linewidth=0.6)
    write_picture(figure, file)


def write_picture(figure: Figure, file: Path) -> None:
    """Write a PNG of few colours: half the bytes, and nobody sees it."""
    drawn = io.BytesIO()
    figure.savefig(drawn)
    Image.open(drawn).convert("RGB").quantize(160).save(file, format="PNG", optimize=True)


def octave_band_room() -> BoxRoom:
    """Return the box whose walls and air together decay alike in every octave, by Eyring."""
    speed, air = speed_of_sound(20.0), air_absorption(BANDS)
    absorption = [eyring_absorption(SIZE, T60, speed, air=loss) for loss in air.tolist()]
    return BoxRoom(SIZE, np.tile(absorption, (6, 1)), speed, tuple(air.tolist()))


def room_responses(room: BoxRoom) -> NDArray[np.float32]:
    """Return the responses of all pairs, shape (source, microphone, sample)."""
    length = response_length(room, 1.5 * T60, SOURCES, MICROPHONES, sample_rate=RATE)
    return box_responses(room, SOURCES, MICROPHONES, sample_rate=RATE, num_samples=length)


def draw_response(axes: Axes, response: NDArray[np.float32], speed: float) -> None:
    """Draw the beginning of a response, and where the direct sound must be."""
    distance = float(np.linalg.norm(np.subtract(SOURCES[0], MICROPHONES[0])))
    time = np.arange(FINE * len(response)) / (FINE * RATE)
    shown = time < SHOWN_S
    fine = resample(response, len(time))
    arrival_ms = 1e3 * distance / speed
    axes.axvline(arrival_ms, color="#D55E00", linestyle="--", linewidth=1.4)
    axes.plot(1e3 * time[shown], fine[shown], color="#0072B2", linewidth=0.7)
    axes.annotate(
        f"direct sound: r / c = {distance:.2f} m / {speed:.1f} m/s = {arrival_ms:.2f} ms",
        (arrival_ms, 1.1 * fine.max()),
        xytext=(8, 0),
        textcoords="offset points",
        color="#A84400",
        verticalalignment="center",
    )
    box = " x ".join(f"{side:g}" for side in SIZE)
    axes.set(
        title=f"(a) Impulse response of a box of {box} m, T60 {T60} s, octave bands and air",
        xlabel="time since emission (ms)",
        ylabel="amplitude (1/m)",
        xlim=(0.0, 1e3 * SHOWN_S),
        ylim=(1.2 * fine.min(), 1.2 * fine.max()),
    )


def draw_decay(axes: Axes, responses: NDArray[np.float32], room: BoxRoom) -> None:
    """Draw Schroeder's backward integral for each octave, and what theory says of the room."""
    time = np.arange(responses.shape[-1]) / RATE
    colors = mpl.colormaps["viridis"](np.linspace(0.0, 0.9, len(BANDS)))
    for centre, color in zip(BANDS, colors, strict=True):
        name = f"{centre:g} Hz" if centre < 1000.0 else f"{centre / 1000.0:g} kHz"
        axes.plot(time, decay_db(responses, centre), color=color, linewidth=1.4, label=name)
    mirrored = mirrored_db(room, time[::200])
    axes.plot(time[::200], mirrored, "k:", linewidth=1.8, label="theory, walls that mirror")
    axes.plot(time, -60.0 * time / T60, "k--", linewidth=1.2, label="asked for (Eyring)")
    axes.set(
        title="(b) Energy decay by octave",
        xlabel="time (s)",
        ylabel="level (dB)",
        xlim=(0.0, 1.3 * T60),
        ylim=(-70.0, 2.0),
    )
    axes.legend(fontsize=8, frameon=False, loc="lower left")


def decay_db(responses: NDArray[np.float32], centre: float) -> NDArray[np.float64]:
    """Return the energy to come in an octave, the mean over all pairs, in dB."""
    edges = centre / np.sqrt(2.0), centre * np.sqrt(2.0)
    octave = butter(3, edges, "bandpass", fs=RATE, output="sos")
    energy = np.mean(np.square(sosfiltfilt(octave, responses)), axis=(0, 1))
    to_come = np.cumsum(energy[::-1])[::-1]
    return np.asarray(10.0 * np.log10(to_come / to_come[0]))


def mirrored_db(room: BoxRoom, time: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the decay at 1 kHz of a box that is no diffuse field, in dB."""
    band = list(BANDS).index(1000.0)
    absorption, air = room.wall_absorption[0, band], room.air_absorption[band]
    to_come = mirrored_decay(room.size, absorption, air, room.speed_of_sound, time)
    return np.asarray(10.0 * np.log10(np.array(to_come) / to_come[0]))


def draw_error(axes: Axes) -> None:
    """Draw each engine's error against the exact sum of the images, by thirds of an octave."""
    work = broadband_work(T60)
    work = dataclasses.replace(work, sources=work.sources[:1], microphones=work.microphones[:1])
    exact = exact_responses(work)
    for engine in (one for one in BROADBAND if one.name in STYLES):  # each program once
        style = STYLES[engine.name] | {"markersize": 3.5, "linewidth": 1.4}
        if engine.missing:
            axes.plot([], [], **style, label=f"{engine.name} (not installed)")
            continue
        centres, error_db = third_octave_errors(engine.responses(work), exact, work)
        axes.plot(centres, error_db, **style, label=engine.name)
    axes.set(
        title="(c) Error against the exact sum, third octaves",
        xlabel="frequency (Hz)",
        ylabel="error (dB)",
        xscale="log",
        ylim=(-145.0, 5.0),
    )
    axes.set_xticks([63, 250, 1000, 4000], ["63", "250", "1k", "4k"])
    axes.legend(fontsize=8, frameon=False, loc="upper left")


def third_octave_errors(
    responses: NDArray[np.floating], exact: NDArray[np.float64], work: Work
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return centres in Hz and errors in dB of thirds of an octave from 63 Hz on."""
    fade = np.ones(work.num_samples)
    end = round(FADE_S * work.sample_rate)  # where a response is cut is not an error
    fade[-end:] = np.cos(0.5 * np.pi * np.arange(1, end + 1) / end) ** 2
    length = 4 * work.num_samples
    frequency = np.fft.rfftfreq(length, 1.0 / work.sample_rate)
    wrong, right = (
        np.sum(np.abs(np.fft.rfft(signal * fade, length)) ** 2, axis=(0, 1))
        for signal in (responses - exact, exact)
    )
    centres = 1000.0 * 2.0 ** (np.arange(-12, 9) / 3.0)
    thirds = [
        (frequency >= f * 2.0 ** (-1 / 6)) & (frequency < min(f * 2.0 ** (1 / 6), HIGHEST * RATE))
        for f in centres
    ]
    errors = [10.0 * np.log10(np.sum(wrong[third]) / np.sum(right[third])) for third in thirds]
    return centres, np.array(errors)


if __name__ == "__main__":
    main()
