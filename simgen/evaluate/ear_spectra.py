"""What reaches the ears from a device, at the frequencies that filters are scored at."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["ear_spectra"]


def ear_spectra(responses: ArrayLike, *, length: int, bins: slice) -> NDArray[np.complex128]:
    """Return the spectra of responses, exact at some frequencies of a transform.

    A response longer than the transform is folded to its length first: at the transform's own
    frequencies that changes nothing.

    Parameters
    ----------
    responses
        Shape (pose, ear, loudspeaker, sample).
    length
        Samples of the transform.
    bins
        Which of its frequencies.

    Returns
    -------
    Shape (pose, frequency, ear, loudspeaker).

    Examples
    --------
    >>> ear_spectra(np.ones((1, 1, 1, 6)), length=4, bins=slice(0, 2))[0, :, 0, 0].round(9) + 0
    array([6.+0.j, 1.-1.j])
    """
    given = np.asarray(responses, dtype=np.float64)
    blocks = max(1, -(-given.shape[-1] // length))
    padded = np.zeros((*given.shape[:-1], blocks * length))
    padded[..., : given.shape[-1]] = given
    folded = padded.reshape(*given.shape[:-1], blocks, length).sum(axis=-2)
    return np.moveaxis(np.fft.rfft(folded)[..., bins], -1, 1)
