"""Running a baseline over a built split."""

from collections.abc import Callable

import numpy as np

from simgen.baselines.catalogue import Baseline
from simgen.benchmark.submission import Prediction, Submission
from simgen.benchmark.suite import Split
from simgen.dataset.dataset import Dataset
from simgen.errors import DatasetError

__all__ = ["run_baseline"]

_DECIMALS = 6
"""Decimals of a predicted degree: far below what any system resolves."""


def run_baseline(
    baseline: Baseline,
    split: Split,
    dataset: Dataset,
    *,
    knows_count: bool = False,
    on_item: Callable[[str], None] = lambda _: None,
) -> Submission:
    """Let a baseline predict every item of a split.

    Parameters
    ----------
    baseline
        The system.
    split
        The split.
    dataset
        The split as built.
    knows_count
        Whether the system is told the number of sources, which makes it an oracle.
    on_item
        Called with the name of each item when it is done.

    Raises
    ------
    DatasetError
        If the dataset is not this split.
    """
    if dataset.identity.scenes != split.sha256:
        raise DatasetError(
            f"the dataset is not {split.path}: its scenes differ",
            where=str(dataset.path),
            fix=f"Build it with: simgen bench build {split.path} --out DIR",
        )
    predictions = {}
    for number, item in enumerate(split.items):
        recording = dataset[number]
        scene, array = split.scenes[number], split.track.array
        azimuths = baseline.locate(
            recording.signals[array],
            np.array(scene.arrays[array].microphones),
            sample_rate=scene.sample_rate,
            num_sources=len(scene.sources) if knows_count else None,
        )
        degrees = np.round(np.rad2deg(azimuths), _DECIMALS).tolist()
        predictions[item] = Prediction(azimuth_deg=tuple(degrees))
        on_item(item)
    return Submission(
        submission=1,
        system=f"{baseline.name} (known count)" if knows_count else baseline.name,
        track=split.track.track,
        split=split.name,
        protocol=split.track.protocol,
        uses_oracle=knows_count,
        description=baseline.description,
        parameters=dict(baseline.parameters),
        predictions=predictions,
    )
