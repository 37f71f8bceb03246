"""A split as built, and whether it is that split."""

from simgen.benchmark.suite import Split
from simgen.dataset.dataset import Dataset
from simgen.errors import DatasetError

__all__ = ["require_built_from"]


def require_built_from(dataset: Dataset, split: Split) -> None:
    """Refuse a dataset that was built from other scenes.

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
