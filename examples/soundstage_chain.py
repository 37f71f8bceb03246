"""Play stereo on a bar of loudspeakers, and write what a listener's ears get before and after.

Before: left goes to the leftmost driver and right to the rightmost. After: the centre is taken out
of the mix and played by a beam, what is left to the sides through crosstalk cancellation, and the
three are aligned. Filters are designed without the room, and heard in it.

    python examples/soundstage_chain.py --out preview
    python examples/soundstage_chain.py --stereo my-mix.wav --out preview
"""

import argparse
import sys
from pathlib import Path

import numpy as np
import soundfile
import soxr
from scipy.signal import oaconvolve

import simgen
from simgen.evaluate.ear_spectra import ear_spectra
from simgen.playback.beams import pattern_beam
from simgen.playback.fir_filters import crossfade_to_natural, fir_taps
from simgen.playback.natural import natural_routing, natural_target
from simgen.playback.pose_averaged import pose_averaged_inverse
from simgen.playback.soundstage import play_soundstage, soundstage_delays
from simgen.playback.upmix import similarity_centre
from simgen.scoring.crosstalk_bands import (
    GRADED_BANDS,
    PLANT_BINS,
    SAMPLE_RATE,
    TRANSFORM_LENGTH,
)
from simgen.scoring.interaural import interaural_time
from simgen.signals.stereo_mixes import frozen_recipes, frozen_stems

TAPS = 2048
GRID = 4 * TAPS  # so that what a design folds in is small
BAND = (85.0, 14_500.0)  # Hz; outside it, filters do nothing
GAIN_CAP = 2.0  # 6 dB over doing nothing
HALF_LENGTH = 32  # samples, of delays between samples
LATENCY = TAPS // 2 + HALF_LENGTH  # samples, of the chain
EARLY = 240  # samples, 5 ms
PEAK = 10 ** (-1 / 20)  # of the louder file
SCENE = Path(__file__).with_name("soundstage_bar.yaml")


def heard_in(scene):
    """Return the responses of a scene's only device at its only listener's ears."""
    [devices] = simgen.render(scene).ear_responses.values()
    [responses] = devices.values()
    return responses.astype(np.float64)


def without_walls(scene):
    """Return the scene with walls that absorb everything."""
    room = scene.room.model_copy(update={"absorption": ((1.0,),) * 6, "t60": 0.0})
    return scene.model_copy(update={"room": room})


def sides(responses):
    """Return filters that give each ear its own channel, (driver, 2, tap)."""
    frequency = np.fft.rfftfreq(GRID, 1 / SAMPLE_RATE)
    band = (frequency >= BAND[0]) & (frequency <= BAND[1])
    plants = np.moveaxis(np.fft.rfft(responses, GRID), -1, 1)[:, band]
    filters = natural_routing(len(frequency), responses.shape[2])
    filters[band] = pose_averaged_inverse(
        plants, natural_target(plants), gain_cap=GAIN_CAP, least_loading=0.01
    )
    return fir_taps(crossfade_to_natural(filters, frequency), num_taps=TAPS)


def beam(device, speed_of_sound):
    """Return filters that send one signal to the front and little to the sides, (driver, tap)."""
    frequency = np.fft.rfftfreq(GRID, 1 / SAMPLE_RATE)
    azimuth = np.deg2rad(np.arange(-90, 91, 5))
    directions = np.stack([np.cos(azimuth), np.sin(azimuth), 0 * azimuth])
    lead = np.array([driver.position for driver in device.drivers]) @ directions / speed_of_sound
    towards = np.exp(2j * np.pi * frequency[:, None, None] * lead.T)
    front = np.abs(azimuth) < np.deg2rad(17)
    filters = pattern_beam(
        towards,
        front.astype(float),
        axis=int(np.argmin(np.abs(azimuth))),
        white_noise_gain_floor_db=0.0,  # so that no driver works against the others
    )
    return fir_taps(filters[:, :, None], num_taps=TAPS)[:, 0]


def as_loud_as_a_phantom(filters, responses):
    """Scale a beam so that it is as loud as a centre that the outermost drivers both play."""
    nominal = responses[0]
    phantom = band_powers(nominal[:, 0] + nominal[:, -1]).sum(axis=1)
    beamed = band_powers(to_the_ears(filters, nominal)).sum(axis=1)
    return filters * 10 ** (level_difference_db(phantom, beamed) / 20)


def to_the_ears(drivers, responses):
    """Return what both ears get of what the drivers play, (2, sample)."""
    return np.sum(oaconvolve(responses, drivers[None], axes=-1), axis=1)


class Chain:
    """Stereo to the signals of the drivers, before and after."""

    def __init__(self, scene):
        [device] = scene.devices.values()
        self.dry = heard_in(without_walls(scene))
        self.sides = sides(self.dry)
        self.beam = as_loud_as_a_phantom(beam(device, scene.room.speed_of_sound), self.dry)
        middle_of_the_head = self.dry[0].sum(axis=0)
        self.delays = soundstage_delays(self.sides, self.beam, plant=middle_of_the_head)

    def before(self, stereo):
        """Play left on the leftmost driver and right on the rightmost."""
        drivers = np.zeros((len(self.beam), stereo.shape[1]))
        drivers[[0, -1]] = stereo
        return drivers

    def after(self, stereo):
        """Play the sides through the canceller and the centre through the beam."""
        return play_soundstage(
            stereo,
            self.sides,
            beam_filters=self.beam,
            upmix=lambda pair: similarity_centre(pair, SAMPLE_RATE, exponent=2.0),
            delays=self.delays,
            half_length=HALF_LENGTH,
        )


def band_powers(ears):
    """Return the power of signals at the ears in third octaves, (band, 2)."""
    spectra = ear_spectra(ears[None, :, None], length=TRANSFORM_LENGTH, bins=PLANT_BINS)
    return GRADED_BANDS.total(np.abs(spectra[0, :, :, 0]) ** 2, axis=0)


def level_difference_db(first, second):
    """Return by how much one power exceeds the other in dB, mean over the bands."""
    return float(np.mean(10 * np.log10(first / second)))


def lead_of_left(ears):
    """Return by how many s the left ear is earlier, before most of the room is heard."""
    direct = ears[:, : int(np.argmax(np.abs(ears[0]))) + EARLY]
    spectra = ear_spectra(direct[None, :, None], length=TRANSFORM_LENGTH, bins=PLANT_BINS)
    return float(interaural_time(spectra)[0, 0])


def measure(play, responses, stereo):
    """Return what the ears get of the left channel alone, and of a centre alone."""
    left_alone = to_the_ears(play(stereo * [[1.0], [0.0]]), responses)
    click = np.zeros((2, TRANSFORM_LENGTH))
    click[0, 0] = 1.0
    centre = np.tile(stereo.mean(axis=0), (2, 1))
    powers = band_powers(left_alone)
    return {
        "left_ild_db": level_difference_db(powers[:, 0], powers[:, 1]),
        "left_itd_us": 1e6 * lead_of_left(to_the_ears(play(click), responses)),
        "centre_powers": band_powers(to_the_ears(play(centre), responses)).sum(axis=1),
        "left_powers": powers[:, 0],
    }


def read_stereo(path):
    """Return a stereo WAV file at 48 kHz, (2, sample)."""
    samples, rate = soundfile.read(path, always_2d=True)
    if samples.shape[1] != 2:
        raise SystemExit(f"{path}: has {samples.shape[1]} channels, not 2")
    return soxr.resample(samples, rate, SAMPLE_RATE).T


def write_previews(before, after, folder):
    """Write both in step, at the same power at the ears and as loud as they can be together."""
    after = after[:, LATENCY : LATENCY + before.shape[1]]
    after = after * np.sqrt(np.sum(before**2) / np.sum(after**2))
    gain = PEAK / max(np.abs(before).max(), np.abs(after).max())
    folder.mkdir(parents=True, exist_ok=True)
    for name, ears in (("before", before), ("after", after)):
        soundfile.write(folder / f"{name}.wav", gain * ears.T, SAMPLE_RATE, subtype="PCM_24")


def report(places):
    """Return what was measured before and after in each place, as text."""
    rows = {
        "at the ears": [f"{when}, {name}" for name in places for when in ("before", "after")],
        "left alone: left ear over right (dB)": [],
        "left alone: left ear earlier by (us)": [],
        "left alone: level at the left ear (dB)": [],
        "centre alone: level at both ears (dB)": [],
    }
    _, difference, time, left, centre = rows.values()
    for first, second in places.values():
        for found in (first, second):
            difference.append(f"{found['left_ild_db']:.1f}")
            time.append(f"{found['left_itd_us']:.0f}")
            for row, key in ((left, "left_powers"), (centre, "centre_powers")):
                row.append(f"{round(level_difference_db(found[key], first[key]), 1) + 0.0:.1f}")
    return "\n".join(
        f"{name:<40}" + "".join(f"{cell:>16}" for cell in cells) for name, cells in rows.items()
    )


def main(words=None):
    """Run the example."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--stereo", type=Path, help="a stereo WAV file; --mix if left out")
    options.add_argument("--mix", choices=frozen_recipes(), default="band", help="a shipped mix")
    options.add_argument("--scene", type=Path, default=SCENE, help="one device, one listener")
    options.add_argument("--out", type=Path, required=True, help="folder of the two WAV files")
    asked = options.parse_args(words)
    stereo = read_stereo(asked.stereo) if asked.stereo else sum(frozen_stems(asked.mix).values())
    scene = simgen.load(asked.scene).draw(seed=0, index=0)
    if scene.sample_rate != SAMPLE_RATE:
        raise SystemExit(f"{asked.scene}: sample_rate_hz must be {SAMPLE_RATE}")
    chain, in_the_room = Chain(scene), heard_in(scene)[0]
    places = {
        name: [measure(play, heard, stereo) for play in (chain.before, chain.after)]
        for name, heard in (("room", in_the_room), ("no room", chain.dry[0]))
    }
    ears = [to_the_ears(play(stereo), in_the_room) for play in (chain.before, chain.after)]
    write_previews(*ears, asked.out)
    sys.stdout.write(report(places) + f"\nwrote before.wav and after.wav to {asked.out}\n")


if __name__ == "__main__":
    main()
