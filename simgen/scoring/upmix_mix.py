"""A stereo mix whose stems are known."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simgen.arrays import as_real
from simgen.errors import ShapeError

__all__ = ["CENTRE", "StereoMix"]

CENTRE: Final = "centre"
"""Name of the stem that a centre is compared with."""


@dataclass(frozen=True)
class StereoMix:
    """Stems that add up to a stereo mix.

    Parameters
    ----------
    stems
        Stems by name, each as it appears in left and right, shape (2, sample), as many samples
        in all. That of the name ``centre`` appears alike in both, and is not silent.

    Raises
    ------
    ShapeError
        If a stem is not finite, or of another shape; if there is no centre, or it is silent or
        differs between left and right.
    """

    stems: Mapping[str, NDArray[np.float64]]
    _stereo: NDArray[np.float64] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if CENTRE not in self.stems:
            raise ShapeError("a mix needs a stem of the name", value=CENTRE)
        shape = (2, *np.shape(self.stems[CENTRE])[-1:])
        for name, stem in self.stems.items():
            if as_real(stem, f"stem {name!r}", axes=("2", "sample")).shape != shape:
                raise ShapeError(f"stem {name!r} has shape {np.shape(stem)}", allowed=f"{shape}")
        left, right = self.stems[CENTRE]
        if not (np.any(left) and np.array_equal(left, right)):
            raise ShapeError("the centre must sound, and alike in left and right")
        stereo = np.sum(np.stack([*self.stems.values()]), axis=0, dtype=np.float64)
        object.__setattr__(self, "_stereo", stereo)

    @property
    def num_samples(self) -> int:
        """Length of the mix in samples."""
        return int(self._stereo.shape[1])

    @property
    def stereo(self) -> NDArray[np.float64]:
        """Left and right, shape (2, sample)."""
        return self._stereo

    @property
    def centre(self) -> NDArray[np.float64]:
        """The centre stem as it appears in left and in right, shape (sample,)."""
        return np.asarray(self.stems[CENTRE][0], dtype=np.float64)

    @property
    def mid(self) -> NDArray[np.float64]:
        """Half the sum of left and right, which is what doing nothing gives, shape (sample,)."""
        return np.asarray(0.5 * (self._stereo[0] + self._stereo[1]))

    @property
    def side(self) -> NDArray[np.float64]:
        """Left less right, in which there is no centre, shape (sample,)."""
        return np.asarray(self._stereo[0] - self._stereo[1])
