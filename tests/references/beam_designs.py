"""Beams in a few lines each, to have something to score.

All are designed on a device without errors, and keep what its single driver gives on the axis.
"""

import numpy as np

from simgen.scoring.beam_devices import ball_responses, omni_responses

NUM_TAPS = 2048
FREQUENCY = np.fft.rfftfreq(NUM_TAPS, 1 / 48000)
RADIATION = {"D-omni": omni_responses, "D-ball": ball_responses}
DEGREES = np.arange(-180, 180, 5)


def horizon(degrees):
    azimuth = np.deg2rad(degrees)
    return np.stack([np.cos(azimuth), np.sin(azimuth), 0.0 * azimuth], axis=1)


class Designer:
    """Responses of one device on the frequencies of a design."""

    def __init__(self, device):
        self.radiation = RADIATION[device]
        self.around = self.towards(DEGREES)
        self.axis = self.towards([0])[:, 0]

    def towards(self, degrees):
        return self.radiation(FREQUENCY, horizon(np.asarray(degrees, dtype=float)))

    def least_squares(self, beta=1e-3, cap_db=np.inf):
        """One in the window, nothing to the sides, whatever elsewhere."""
        off = np.abs(DEGREES)
        asked = (off <= 45) | ((off >= 75) & (off <= 105))
        target = np.where(off[asked] <= 45, 1.0, 0.0) * self.axis[:, 1:2]
        return self._loaded(self.around[:, asked], target, beta, cap_db)

    def nulls(self, cap_db=np.inf):
        """Silence at +-90 degrees, exactly unless that takes more drive than the cap."""
        quiet = self.towards([90, -90])
        return self._loaded(quiet, np.zeros((len(quiet), 2)), 1e-9, cap_db)

    def most_directive(self, cap_db):
        """The least power in the mean over the sphere."""
        steps = np.arange(300)
        height = 1 - (2 * steps + 1) / 300
        angle = steps * np.pi * (3 - np.sqrt(5))
        ring = np.sqrt(1 - height**2)
        sphere = np.stack([ring * np.cos(angle), ring * np.sin(angle), height], axis=1)
        everywhere = self.radiation(FREQUENCY, sphere)
        return self._loaded(everywhere, np.zeros(everywhere.shape[:2]), 1e-9, cap_db)

    def closed_form(self):
        """Three omnidirectional drivers 6 cm apart, silent at +-90 degrees, wherever they are."""
        side = np.cos(2 * np.pi * FREQUENCY / 343 * 0.06)
        room = np.where(np.abs(1 - side) > 1e-6, 1 - side, 1.0)
        return np.stack([0.5 / room, -side / room, 0.5 / room], axis=1) + 0j

    def same(self, *gains):
        return np.tile(np.array(gains, dtype=complex), (len(FREQUENCY), 1))

    def steered(self, degrees):
        """All drivers in phase in one direction."""
        phase = self.towards([degrees])[:, 0]
        return phase.conj() / np.abs(phase)

    def _loaded(self, rows, target, beta, cap_db):
        """Least squares of rows w - target with w loaded, and exact on the axis."""
        gram = np.einsum("fal,fam->flm", rows.conj(), rows) / rows.shape[1]
        towards = np.einsum("fal,fa->fl", rows.conj(), target) / rows.shape[1]
        low, high = np.full(len(gram), np.log10(beta)), np.full(len(gram), 4.0)
        most = 10 ** (cap_db / 10)
        filters = self._exact_on_axis(gram, towards, 10**low)
        loud = np.sum(np.abs(filters) ** 2, axis=1) > most
        for _ in range(25):
            middle = (low + high) / 2
            drive = np.sum(np.abs(self._exact_on_axis(gram, towards, 10**middle)) ** 2, axis=1)
            low, high = np.where(drive > most, middle, low), np.where(drive > most, high, middle)
        capped = self._exact_on_axis(gram, towards, 10**high)
        return np.where(loud[:, None], capped, filters)

    def _exact_on_axis(self, gram, towards, loading):
        matrix = gram + loading[:, None, None] * np.eye(3)
        free = np.linalg.solve(matrix, towards[..., None])[..., 0]
        along = np.linalg.solve(matrix, self.axis.conj()[..., None])[..., 0]
        missing = self.axis[:, 1] - np.sum(self.axis * free, axis=1)
        return free + along * (missing / np.sum(self.axis * along, axis=1))[:, None]

    def taps(self, filters):
        """Return (driver, tap): the single driver outside the band, half a filter late."""
        octave = np.log2(np.maximum(FREQUENCY, 1.0))
        low = np.interp(octave, np.log2([180, 265]), [0, 1])
        share = (low * np.interp(octave, np.log2([4760, 5300]), [1, 0]))[:, None]
        late = np.exp(-1j * np.pi * np.arange(len(octave)))[:, None]
        spectra = (share * filters + (1 - share) * self.same(0, 1, 0)) * late
        return np.fft.irfft(spectra, NUM_TAPS, axis=0).T
