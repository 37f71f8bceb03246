"""Submissions of centres: what was taken out of the middle of stereo mixes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simgen.benchmark.array_folder import ArrayHeader, ArraySubmission, read_arrays
from simgen.benchmark.tracks import ArrayTrack
from simgen.scoring.submitted_filters import sample_rate_fault

__all__ = ["CentreSubmission", "read_centres"]


class CentreSubmission(ArraySubmission):
    """Centres of one system, by mix, each as it appears in left and right, (sample,)."""

    @property
    def answers(self) -> str:
        """How many mixes have a centre."""
        return f"{self.num_items} mixes"


def read_centres(path: Path) -> CentreSubmission:
    """Read a folder or zip of centres for the mixes of the split it names.

    Raises
    ------
    SubmissionError
        With every fault found, naming the file and the index.
    """
    return read_arrays(path, ArrayHeader, CentreSubmission, _form_faults)


def _form_faults(
    centre: NDArray[Any], track: ArrayTrack, mix: str, sample_rate: Any
) -> Iterator[str]:
    """Yield what shows before a centre is compared with anything."""
    fault = sample_rate_fault(sample_rate)
    if fault is not None:
        yield fault
    allowed = (track.parts[mix],)
    if centre.shape != allowed:
        yield f"the centre has shape {centre.shape} (allowed: {allowed}, as the mix has)"
        return
    for place in np.flatnonzero(~np.isfinite(centre))[:1]:
        yield f"sample [{place}] is {centre[place]} (allowed: finite numbers)"
