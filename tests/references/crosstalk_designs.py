"""Crosstalk cancellers in a few lines each, to have something to score.

All are designed on the sphere of 8.75 cm without driver errors, and aim at each ear for what doing
nothing gives it of its own input, so that "cap" means the same for each.
"""

import numpy as np

from tests.references.crosstalk_plants import (
    DEVICES,
    HEADS,
    Surface,
    plant,
    poses,
)

NUM_TAPS = 2048
HEAD = HEADS["sphere 8.75"]


class Designer:
    """Plants of one device on the frequencies of a design, at the nominal pose and others."""

    def __init__(self, device, num_taps=NUM_TAPS, num_poses=32, box=None):
        self.num_taps = num_taps
        self.frequency = np.fft.rfftfreq(num_taps, 1 / 48000)
        surface, drivers = Surface(HEAD.radius, self.frequency), DEVICES[device]
        moved = np.concatenate([np.zeros((1, 3)), poses(num_poses, seed=11)])
        self.plants = plant(surface, HEAD, drivers, moved, box)
        self.nominal = self.plants[0]
        self.target = np.einsum("pfed,fde->pfe", self.plants, self.natural())

    def natural(self):
        routing = np.zeros((len(self.frequency), self.plants.shape[-1], 2), complex)
        routing[:, 0, 0] = routing[:, -1, 1] = 1.0
        return routing

    def capped(self, cap_db=np.inf):
        """Invert the nominal plant; no singular value of the filters exceeds the cap."""
        level = np.abs(self.target[0, :, :1])
        left, values, right = np.linalg.svd(self.nominal, full_matrices=False)
        gains = np.minimum(level / values, 10 ** (cap_db / 20))
        return np.einsum("fkd,fk,fek->fde", right.conj(), gains, left.conj())

    def perfect(self):
        """Invert the nominal plant, whatever it takes."""
        return np.linalg.pinv(self.nominal) * self.target[0][:, None, :]

    def robust(self, cap_db=6.0, least_loading=0.01):
        """Least squares over poses, loaded at each frequency until no gain exceeds the cap."""
        adjoint = self.plants.conj().swapaxes(2, 3)
        gram = (adjoint @ self.plants).mean(axis=0)
        towards = (adjoint * self.target[:, :, None, :]).mean(axis=0)
        unit = np.trace(gram, axis1=1, axis2=2).real / len(gram[0])
        low, high = np.full(len(gram), np.log10(least_loading)), np.full(len(gram), 3.0)
        for _ in range(20):
            middle = (low + high) / 2  # decades of loading
            loading = (unit * 10**middle)[:, None, None] * np.eye(len(gram[0]))
            filters = np.linalg.solve(gram + loading, towards)
            loud = np.linalg.norm(filters, 2, axis=(1, 2)) > 10 ** (cap_db / 20)
            low, high = np.where(loud, middle, low), np.where(loud, high, middle)
        return filters

    def taps(self, filters):
        """Return (driver, input, tap): natural routing outside the band, half a filter late."""
        octave = np.log2(np.maximum(self.frequency, 1.0))
        low = np.interp(octave, np.log2([90, 160]), [0, 1])
        share = (low * np.interp(octave, np.log2([11000, 14000]), [1, 0]))[:, None, None]
        spectra = share * filters + (1 - share) * self.natural()
        late = np.exp(-1j * np.pi * np.arange(len(octave)))[:, None, None]
        return np.moveaxis(np.fft.irfft(spectra * late, self.num_taps, axis=0), 0, -1)
