"""A submission of one's own filters, with all that its header needs."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from simgen.benchmark.array_folder import array_track
from simgen.benchmark.filters import FilterSubmission
from simgen.benchmark.submission import refuse, validated
from simgen.benchmark.suite import load_split
from simgen.errors import ParameterError

__all__ = ["filter_submission"]

_SAMPLE_RATE = 48_000
"""In Hz, of every track of filters."""


def filter_submission(
    filters: Mapping[str, ArrayLike],
    split: str,
    *,
    system: str,
    designed_on: Mapping[str, Any],
    version: str = "1",
    uses_oracle: bool = False,
) -> FilterSubmission:
    """Put filters into a submission, whose ``write`` makes the folder to be scored.

    Parameters
    ----------
    filters
        Taps at 48 kHz by device, the leftmost driver first.
    split
        What they are to be scored on, such as ``crosstalk/mini``.
    system
        Name of the design.
    designed_on
        What it knew: lists of names of ``heads`` and ``rooms``, and ``poses`` in words.
    version
        Of the design.
    uses_oracle
        Whether it knew heads, rooms or poses of the test.

    Raises
    ------
    ParameterError
        If there is no such split, or filters are for a device that it does not have.
    SubmissionError
        If a text is not what a submission may say. Faults of the taps show when it is checked.

    Examples
    --------
    >>> known = {"heads": ["sphere of 8.75 cm"], "rooms": ["none"], "poses": "nominal"}
    >>> mine = filter_submission(
    ...     {"B": np.ones((2, 2, 64))}, "crosstalk/mini", system="mine", designed_on=known
    ... )
    >>> mine.protocol, mine.answers
    ('ctc/1', '1 devices')
    """
    frozen = load_split(split)
    devices = array_track(frozen).parts
    for device in filters:
        if device not in devices:
            allowed = ", ".join(devices)
            raise ParameterError("the split has no such device", value=device, allowed=allowed)
    faults: list[str] = []
    header = {
        "submission": 1,
        "system": system,
        "version": version,
        "track": frozen.track.track,
        "split": frozen.name,
        "protocol": frozen.track.protocol,
        "sample_rate_hz": _SAMPLE_RATE,
        "driver_order": "left to right",
        "designed_on": dict(designed_on),
        "uses_oracle": uses_oracle,
    }
    arrays = {device: np.ascontiguousarray(taps) for device, taps in filters.items()}
    submission = validated(FilterSubmission, header | {"arrays": arrays}, faults)
    refuse(faults, "submission.json")
    assert submission is not None  # nothing was wrong
    return submission
