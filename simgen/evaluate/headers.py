"""What the submission of a baseline says of itself."""

from typing import Any

from simgen.baselines.baseline import Baseline
from simgen.benchmark.suite import Split

__all__ = ["header_of"]


def header_of(baseline: Baseline, split: Split, *, knows_count: bool = False) -> dict[str, Any]:
    """Return the header of a baseline's submission for a split, by the fields' names."""
    return {
        "submission": 1,
        "system": f"{baseline.name} (known count)" if knows_count else baseline.name,
        "track": split.track.track,
        "split": split.name,
        "protocol": split.track.protocol,
        "uses_oracle": knows_count,
        "description": baseline.description,
        "parameters": dict(baseline.parameters),
        "training_data": baseline.training_data,
    }
