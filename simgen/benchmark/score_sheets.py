"""What each protocol's scores are called, what they can be, and which are shown."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from simgen.scoring.beam import PROTOCOL as BEAM_1
from simgen.scoring.crosstalk import PROTOCOL as CTC_1
from simgen.scoring.localization import CUTOFF_DEG, GATES_DEG
from simgen.scoring.localization import PROTOCOL as DOA_SCENE_1
from simgen.scoring.soundstage import PROTOCOL as STAGE_1
from simgen.scoring.upmix import PROTOCOL as LRC_1

__all__ = ["SHEETS", "Column", "ScoreSheet", "sheet_of"]


@dataclass(frozen=True)
class Column:
    """A score in a table of results.

    Attributes
    ----------
    score
        Its name.
    heading
        How a reader calls it.
    decimals
        Digits that mean something.
    """

    score: str
    heading: str
    decimals: int


@dataclass(frozen=True)
class ScoreSheet:
    """How the scores of a protocol are read.

    Attributes
    ----------
    ranges
        Least and greatest possible value of every score by its name.
    columns
        Scores in a table of results; the first one ranks.
    more_is_better
        Whether the largest ranking number comes first.
    breakdown
        Scores that are shown for parts of the split.
    """

    ranges: Mapping[str, tuple[float, float]]
    columns: tuple[Column, ...]
    more_is_better: bool
    breakdown: tuple[str, ...]

    @property
    def ranking(self) -> Column:
        """The score that ranks."""
        return self.columns[0]


_RATES: Final = ("precision", "recall", "f1")
_SHARE: Final = (0.0, 1.0)
_NOT_NEGATIVE: Final = (0.0, math.inf)
_ANY: Final = (-math.inf, math.inf)

_DOA: Final = ScoreSheet(
    ranges={
        "ospa_deg": (0.0, CUTOFF_DEG),
        **{
            f"gospa{part}_deg": _NOT_NEGATIVE for part in ("", "_localisation", "_missed", "_false")
        },
        "absolute_doa_error_deg": (0.0, 180.0),
        **{f"{rate}_{gate}deg": _SHARE for gate in GATES_DEG for rate in _RATES},
        **{f"absolute_doa_error_{gate}deg": (0.0, float(gate)) for gate in GATES_DEG},
        "count_error": _NOT_NEGATIVE,
        **{f"region_{rate}": _SHARE for rate in _RATES},
        "collisions": _NOT_NEGATIVE,
    },
    columns=(
        Column("ospa_deg", "OSPA (deg)", 2),
        Column("absolute_doa_error_deg", "Absolute DOA error (deg)", 1),
        Column("precision_10deg", "Precision at 10 deg", 3),
        Column("recall_10deg", "Recall at 10 deg", 3),
        Column("f1_10deg", "F1 at 10 deg", 3),
        Column("region_f1", "Region F1", 3),
    ),
    more_is_better=False,
    breakdown=("ospa_deg", "absolute_doa_error_deg", "recall_10deg", "f1_10deg"),
)

_GAIN: Final = (-15.0, 30.0)
"""From the floor of a condition to the clip of separation on either side."""

_CTC: Final = ScoreSheet(
    ranges={
        "gain_db": _GAIN,
        **{f"gain_{device}_db": _GAIN for device in ("A", "B", "C")},
        "charge_db": _NOT_NEGATIVE,
        "separation_db": (-15.0, 15.0),
        "worst_separation_db": (-15.0, 15.0),
        "nothing_separation_db": (-15.0, 15.0),
        **dict.fromkeys(
            (
                "nominal_separation_db",
                "separation_mean_db",
                "separation_p10_db",
                "effort_db",
                "overfitting_db",
                "early_energy_db",
                "late_energy_db",
                "out_of_band_gain_db",
                "reproduction_error_db",
            ),
            _ANY,
        ),
        "num_taps": _NOT_NEGATIVE,
    },
    columns=(
        Column("gain_db", "Gained (dB)", 2),
        *(Column(f"gain_{device}_db", f"{device} (dB)", 2) for device in ("A", "B", "C")),
    ),
    more_is_better=True,
    breakdown=(
        "gain_db",
        "charge_db",
        "separation_db",
        "worst_separation_db",
        "nothing_separation_db",
        "separation_mean_db",
        "separation_p10_db",
        "nominal_separation_db",
        "effort_db",
    ),
)

_BEAM_DEVICES: Final = ("D-omni", "D-ball")

_BEAM: Final = ScoreSheet(
    ranges={
        "gain_db": _GAIN,
        **{f"gain_{device}_db": _GAIN for device in _BEAM_DEVICES},
        "colour_charge_db": _NOT_NEGATIVE,
        "dip_charge_db": _NOT_NEGATIVE,
        "num_taps": _NOT_NEGATIVE,
        **dict.fromkeys(
            (
                "window_to_sides_db",
                "nothing_window_to_sides_db",
                "effort_db",
                "dip_db",
                "axis_to_side_db",
                "white_noise_gain_db",
                "directivity_index_db",
                "early_energy_db",
                "late_energy_db",
                "out_of_band_gain_db",
            ),
            _ANY,
        ),
    },
    columns=(
        Column("gain_db", "Gained (dB)", 2),
        *(Column(f"gain_{device}_db", f"{device} (dB)", 2) for device in _BEAM_DEVICES),
    ),
    more_is_better=True,
    breakdown=(
        "gain_db",
        "colour_charge_db",
        "dip_charge_db",
        "window_to_sides_db",
        "effort_db",
        "axis_to_side_db",
        "directivity_index_db",
    ),
)

_POINTS: Final = (-100.0, 100.0)
"""From the floor of a head to the stage itself."""

_STAGE: Final = ScoreSheet(
    ranges={
        "points": _POINTS,
        "points_B": _POINTS,
        "points_C": _POINTS,
        "kept": _SHARE,
        "within_5deg": _SHARE,
        "within_10deg": _SHARE,
        **dict.fromkeys(
            (
                "num_taps",
                "colour_charge",
                "coherence_charge",
                "cue_error",
                "nothing_cue_error",
            ),
            _NOT_NEGATIVE,
        ),
        **dict.fromkeys(
            (
                "anchor_points",
                "width_deg",
                "effort_db",
                "early_energy_db",
                "late_energy_db",
                "out_of_band_gain_db",
            ),
            _ANY,
        ),
    },
    columns=(
        Column("points", "Points", 1),
        Column("points_B", "B", 1),
        Column("points_C", "C", 1),
    ),
    more_is_better=True,
    breakdown=(
        "points",
        "anchor_points",
        "kept",
        "colour_charge",
        "coherence_charge",
        "cue_error",
        "within_10deg",
        "width_deg",
    ),
)

_RATIO: Final = (-30.0, 60.0)
"""SI-SDR of a centre; the upper clip is at 40 dB."""

_UPMIX: Final = ScoreSheet(
    ranges={
        "gain_db": (-90.0, 90.0),
        "si_sdr_db": _RATIO,
        "mid_si_sdr_db": _RATIO,
        "side_correlation": _SHARE,
        **dict.fromkeys(("segment_sdr_db", "level_db", "leakage_db"), _ANY),
    },
    columns=(
        Column("gain_db", "Gained (dB)", 2),
        Column("si_sdr_db", "SI-SDR (dB)", 2),
    ),
    more_is_better=True,
    breakdown=(
        "gain_db",
        "si_sdr_db",
        "mid_si_sdr_db",
        "segment_sdr_db",
        "level_db",
        "side_correlation",
        "leakage_db",
    ),
)

SHEETS: Final[Mapping[str, ScoreSheet]] = MappingProxyType(
    {DOA_SCENE_1: _DOA, CTC_1: _CTC, BEAM_1: _BEAM, STAGE_1: _STAGE, LRC_1: _UPMIX}
)
"""How scores are read, by protocol."""


def sheet_of(protocol: str) -> ScoreSheet:
    """Return how the scores of a protocol are read; one that is not known is taken for DOA."""
    return SHEETS.get(protocol, _DOA)
