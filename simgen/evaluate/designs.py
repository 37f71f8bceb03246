"""Filter tracks: baselines that design on the design split."""

from collections.abc import Callable, Mapping
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from simgen.acoustics.rotation import from_room_frame, to_room_frame
from simgen.baselines.baseline import Baseline
from simgen.baselines.filter_task import FilterBaseline, FilterTask
from simgen.benchmark.filters import DesignedOn, FilterSubmission, filter_track
from simgen.benchmark.suite import Split, load_split
from simgen.dataset.dataset import Dataset
from simgen.evaluate.headers import header_of
from simgen.evaluate.split_data import require_built_from

__all__ = [
    "design_each",
    "design_split",
    "designed",
    "designed_on_split",
    "filter_tasks",
    "listener_of",
    "run_designer",
]

_Task = TypeVar("_Task")


def design_split(split: Split) -> Split:
    """Return the split that filters for another one are designed on."""
    return load_split(f"{split.track.track}/{filter_track(split).design}")


def listener_of(split: Split) -> str:
    """Return the listener whose ears the filters for a split play to."""
    listener = filter_track(split).listener
    assert listener is not None  # there are ears in this track
    return listener


def filter_tasks(design: Split, dataset: Dataset) -> dict[str, FilterTask]:
    """Return what a designer is told of each device.

    Parameters
    ----------
    design
        The split to design on, of one scene.
    dataset
        That split as built.

    Raises
    ------
    DatasetError
        If the dataset is not this split.
    """
    require_built_from(dataset, design)
    track, scene = filter_track(design), design.scenes[0]
    listener = listener_of(design)
    heard = dataset[0].ear_responses[listener]
    nominal = scene.listeners[listener].poses[0]
    tasks = {}
    for device in track.devices:
        built = scene.devices[device]
        places = to_room_frame(
            [driver.position for driver in built.drivers], built.position, built.orientation
        )
        tasks[device] = FilterTask(
            responses=np.asarray(heard[device], dtype=np.float64),
            drivers=from_room_frame(places, nominal.position, nominal.orientation),
            sample_rate=scene.sample_rate,
            speed_of_sound=scene.room.speed_of_sound,
        )
    return tasks


def run_designer(
    baseline: FilterBaseline,
    split: Split,
    dataset: Dataset,
    *,
    on_item: Callable[[str], None] = lambda _: None,
) -> FilterSubmission:
    """Let a baseline design filters for every device.

    Parameters
    ----------
    baseline
        The system.
    split
        The split that the filters are for.
    dataset
        The track's design split, as built.
    on_item
        Called with the name of each device when it is done.

    Raises
    ------
    DatasetError
        If the dataset is not the design split.
    """
    design = design_split(split)
    filters = design_each(filter_tasks(design, dataset), baseline.design, on_item)
    return designed_on_split(baseline, split, filters, design)


def design_each(
    tasks: Mapping[str, _Task],
    design: Callable[[_Task], NDArray[np.float64]],
    on_item: Callable[[str], None],
) -> dict[str, NDArray[np.float64]]:
    """Design the filters of every device, and say so after each."""
    filters = {}
    for device, task in tasks.items():
        filters[device] = design(task)
        on_item(device)
    return filters


def designed_on_split(
    baseline: Baseline, split: Split, filters: Mapping[str, NDArray[np.float64]], design: Split
) -> FilterSubmission:
    """Return the submission of a baseline that was told the design split alone."""
    on = DesignedOn(
        heads=("sphere of 8.75 cm",),
        rooms=("none",),
        poses=f"those of {design.path}, as far as the method takes several",
    )
    rate = design.scenes[0].sample_rate
    return designed(baseline, split, filters, sample_rate=rate, on=on)


def designed(
    baseline: Baseline,
    split: Split,
    filters: Mapping[str, NDArray[np.float64]],
    *,
    sample_rate: float,
    on: DesignedOn,
) -> FilterSubmission:
    """Return the submission of a baseline that was told nothing of the test."""
    return FilterSubmission(
        **header_of(baseline, split),
        version="1",
        sample_rate_hz=sample_rate,
        driver_order="left to right",
        designed_on=on,
        arrays=dict(filters),
    )
