"""Walk through a submission that answers for several devices, one after the other."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from numpy.typing import ArrayLike

from simgen.errors import SubmissionError

__all__ = ["score_devices"]

Plant = TypeVar("Plant")
Score = TypeVar("Score")


def score_devices(
    devices: Mapping[str, Plant],
    submission: Mapping[str, ArrayLike],
    score: Callable[[Plant, ArrayLike], tuple[Score, list[str]]],
    *,
    left_out: Score,
) -> dict[str, Score]:
    """Score what is submitted for each device.

    Parameters
    ----------
    devices
        What lies before the drivers of each device.
    submission
        Filters by device.
    score
        Returns the score of a device's filters, and every fault, beside which it means nothing.
    left_out
        The score of a device without filters.

    Raises
    ------
    SubmissionError
        With every fault of every device.

    Examples
    --------
    >>> score_devices({"A": 2.0, "B": 3.0}, {"B": 4.0}, lambda a, b: (a * b, []), left_out=0.0)
    {'A': 0.0, 'B': 12.0}
    """
    faults = [f"{name}: no such device" for name in sorted({*submission} - {*devices})]
    faults += [] if submission else ["there are no filters for any device"]
    scored = dict.fromkeys(devices, left_out)
    for name, plant in devices.items():
        if name in submission:
            scored[name], found = score(plant, submission[name])
            faults += [f"{name}: {fault}" for fault in found]
    if faults:
        raise SubmissionError(faults)
    return scored
