"""Which filters of a submission, or of a single file, are for a device that was measured."""

from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from simgen.benchmark.array_files import read_array
from simgen.benchmark.filters import FilterSubmission, read_filters
from simgen.errors import ParameterError, SubmissionError
from simgen.scoring.crosstalk import PROTOCOL

__all__ = ["filters_for"]


def filters_for(
    path: Path, num_drivers: int, *, device: str | None = None
) -> tuple[str, NDArray[Any]]:
    """Read the filters that are to be played to a measured device.

    Parameters
    ----------
    path
        A .npy file of taps, (driver, input, tap) at 48 kHz; or a submission to a crosstalk track.
    num_drivers
        Of the measured device.
    device
        Whose filters of a submission; the only one with as many drivers if left out.

    Returns
    -------
    What the filters are called, and their taps.

    Raises
    ------
    SubmissionError
        If the files are no such filters, or none are for so many drivers.
    ParameterError
        If there is no such device or several might be meant, or the submission is not for a
        crosstalk track.
    """
    if not path.is_dir():
        if device is not None:
            raise ParameterError(
                "--device chooses from a submission, and this is a file", value=device
            )
        return path.name, read_array(path)
    submission = read_filters(path)
    if submission.protocol != PROTOCOL:
        raise ParameterError(
            "only filters against crosstalk are scored on what was measured",
            value=submission.protocol,
            allowed=PROTOCOL,
        )
    chosen = _chosen(submission, num_drivers, device)
    return f"{submission.system}, filters for {chosen}", submission.filters[chosen]


def _chosen(submission: FilterSubmission, num_drivers: int, device: str | None) -> str:
    """Return the device of a submission whose filters are meant."""
    if device is not None:
        if device not in submission.filters:
            allowed = ", ".join(submission.filters)
            raise ParameterError("there are no filters for it", value=device, allowed=allowed)
        return device
    counts = {name: len(taps) for name, taps in submission.filters.items()}
    fitting = [name for name, count in counts.items() if count == num_drivers]
    if not fitting:
        listed = ", ".join(f"{name} has {count}" for name, count in counts.items())
        raise SubmissionError(
            [f"no filters are for {num_drivers} drivers, as were measured: {listed}"],
            where=submission.system,
        )
    if len(fitting) > 1:
        raise ParameterError(
            f"several devices have {num_drivers} drivers",
            value=", ".join(fitting),
            fix="Name the one whose filters are meant by --device.",
        )
    return fitting[0]
