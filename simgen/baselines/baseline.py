"""What is published of every baseline, whatever it does."""

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["Baseline"]


@dataclass(frozen=True)
class Baseline:
    """A reference system.

    Attributes
    ----------
    name
        How it is called on the command line and in results.
    parameters
        What has to be known to repeat it; every name carries its unit.
    description
        One sentence for the leaderboard.
    training_data
        What it learned from.
    """

    name: str
    parameters: Mapping[str, float | str]
    description: str
    training_data: str = field(default="none", kw_only=True)
