"""The protocol ``doa-scene/1``: azimuths of the static sources of whole scenes.

A system says, for each scene, from how many directions sound arrives and from where; order does
not matter. The ranking number is OSPA with a cutoff of 30 degrees, averaged over scenes: silence
costs 30 degrees, and so does every direction missed or made up, in proportion. Whatever else is
printed explains it. The mean error of matched pairs in particular rewards saying only what is
sure, so it stands beside recall and the number of pairs.

====================================  ==========================================================
ospa_deg                              OSPA, cutoff 30 degrees, order 1; mean over scenes; ranks
gospa_deg                             GOSPA, alpha 2, same cutoff and order; mean over scenes
gospa_localisation_deg, _missed_deg,  the three costs that add up to gospa_deg
_false_deg
absolute_doa_error_deg                mean over the pairs of least total error, however far apart
precision_5deg, recall_5deg, f1_5deg  the most pairs at most 5 degrees apart; 10 and 20 likewise
absolute_doa_error_5deg               mean over those pairs
count_error                           |estimates - sources|; mean over scenes
region_precision, _recall, _f1        sectors that hold a source against those that hold an estimate
collisions                            sources beyond the first in their sector; mean over scenes
====================================  ==========================================================

Every score is a function of sums over scenes, hence pooled, and its interval comes from
resampling whole scenes. Changing any definition here makes a new protocol.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.errors import ParameterError
from simgen.scoring.association import associate
from simgen.scoring.bootstrap import Interval, percentile_interval, resampled_sums
from simgen.scoring.counts import f1, precision, recall
from simgen.scoring.doa import azimuth_error_matrix
from simgen.scoring.ospa import gospa, ospa
from simgen.scoring.regions import sector_of
from simgen.scoring.submission import paired_azimuths

__all__ = ["PROTOCOL", "Coverage", "LocalizationScore", "scene_ospa_deg", "score_localization"]

PROTOCOL: Final = "doa-scene/1"
CUTOFF_DEG: Final = 30.0
GATES_DEG: Final = (5, 10, 20)
GATE_TOLERANCE: Final = 1e-9
"""How far in rad beyond a gate still counts as within, lest rounding decide on whole degrees."""

_DISTANCES = ("ospa", "gospa", "gospa_localisation", "gospa_missed", "gospa_false")

_DECIMALS = 9
"""Decimals written out: beyond any meaning, and short of what differs between machines."""

_Scenes = tuple[NDArray[np.float64], ...]
"""The azimuths of each scene in rad, each of shape (source,)."""

_Sums = dict[str, NDArray[np.float64]]
"""Pooled sums, or scores made of them, by name; each of shape (...)."""


@dataclass(frozen=True)
class Coverage:
    """How much was scored.

    Attributes
    ----------
    num_scenes, num_sources, num_estimates
        Scenes, reference azimuths and estimated azimuths.
    num_pairs
        Pairs that ``absolute_doa_error_deg`` is the mean of.
    """

    num_scenes: int
    num_sources: int
    num_estimates: int
    num_pairs: int


@dataclass(frozen=True)
class LocalizationScore:
    """A scored submission.

    Attributes
    ----------
    protocol
        The definition of every score.
    coverage
        How much was scored.
    scores
        Each score with its 95 % interval over scenes; NaN where undefined. ``ospa_deg`` ranks.
    breakdown
        By name of a condition and label within it, the scores of those scenes alone, after their
        number ``num_scenes``.
    """

    protocol: str
    coverage: Coverage
    scores: dict[str, Interval]
    breakdown: dict[str, dict[str, dict[str, float]]]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON, keys in a fixed order, None for what is undefined."""
        plain: dict[str, Any] = _plain(
            {
                "protocol": self.protocol,
                "coverage": vars(self.coverage),
                "scores": {name: vars(interval) for name, interval in self.scores.items()},
                "breakdown": self.breakdown,
            }
        )
        return plain


def score_localization(
    references: Mapping[str, ArrayLike],
    estimates: Mapping[str, ArrayLike],
    *,
    num_sectors: int = 8,
    conditions: Mapping[str, Mapping[str, str]] | None = None,
) -> LocalizationScore:
    """Score the azimuths estimated for every scene of a split.

    Parameters
    ----------
    references
        True azimuths in rad by item id, each of shape (source,), in any range.
    estimates
        Estimated azimuths in rad by the same item ids, each of shape (estimate,) with at most 64,
        in any range; empty where nothing was heard.
    num_sectors
        Number of equal sectors round the array, the first from azimuth 0, for the region scores.
    conditions
        By name of a condition (such as ``t60``), the label of every item.

    Returns
    -------
    LocalizationScore
        The scores, which depend neither on the order of the items nor on that of the azimuths.

    Raises
    ------
    SubmissionError
        If item ids are missing or unknown, or azimuths cannot be scored; lists every fault.
    ShapeError
        If the azimuths of a reference are not a one-dimensional array of finite numbers.
    ParameterError
        If there is no scene, ``num_sectors`` is below 1, or a condition does not label each item.

    Examples
    --------
    >>> score = score_localization({"0": [0.0, 1.0]}, {"0": np.deg2rad([3.0])})
    >>> round(score.scores["ospa_deg"].value, 9), score.scores["recall_5deg"].value
    (16.5, 0.5)
    """
    scenes = paired_azimuths(references, estimates)
    masks = _condition_masks(conditions or {}, list(scenes))
    sums = _stack(_scene_sums(*azimuths) for azimuths in scenes.values())
    sums |= _region_sums(*zip(*scenes.values(), strict=True), num_sectors=num_sectors)
    return LocalizationScore(
        protocol=PROTOCOL,
        coverage=_coverage(sums),
        scores=_intervals(sums),
        breakdown={
            condition: {label: _breakdown_row(sums, mask) for label, mask in labels.items()}
            for condition, labels in masks.items()
        },
    )


def scene_ospa_deg(
    references: Mapping[str, ArrayLike], estimates: Mapping[str, ArrayLike]
) -> dict[str, float]:
    """Measure the OSPA distance of each scene in degrees, by ascending item id.

    Two systems' distances compare pairwise, scene by scene. Takes and raises what
    :func:`score_localization` does.
    """
    cutoff = np.deg2rad(CUTOFF_DEG)
    return {
        item: float(np.rad2deg(ospa(azimuth_error_matrix(*azimuths), cutoff=cutoff)))
        for item, azimuths in paired_azimuths(references, estimates).items()
    }


def _condition_masks(
    conditions: Mapping[str, Mapping[str, str]], items: list[str]
) -> dict[str, dict[str, NDArray[np.bool_]]]:
    """Return, by condition and label, which of the items bear the label."""
    masks = {}
    for condition in sorted(conditions):
        label_of = conditions[condition]
        unlabelled = [item for item in items if item not in label_of]
        if unlabelled:
            raise ParameterError(
                f"condition {condition!r} has no label for {len(unlabelled)} items",
                value=unlabelled[0],
                fix="Label every item, for example with 'unknown'.",
            )
        labels = np.array([label_of[item] for item in items])
        masks[condition] = {str(label): labels == label for label in np.unique(labels)}
    return masks


# What one scene contributes


def _scene_sums(reference: NDArray[np.float64], estimate: NDArray[np.float64]) -> dict[str, float]:
    """Measure one scene: every quantity but those of regions that the scores pool over scenes."""
    errors = azimuth_error_matrix(reference, estimate)
    return {
        "scenes": 1,
        "sources": reference.size,
        "estimates": estimate.size,
        "count_error": abs(reference.size - estimate.size),
        **_set_distances(errors),
        **_matches(errors, "", np.inf),
        **{
            name: quantity
            for gate in GATES_DEG
            for name, quantity in _matches(errors, f"_{gate}deg", np.deg2rad(gate)).items()
        },
    }


def _set_distances(errors: NDArray[np.float64]) -> dict[str, float]:
    """Measure OSPA and the parts of GOSPA, in rad."""
    cutoff = np.deg2rad(CUTOFF_DEG)
    parts = gospa(errors, cutoff=cutoff)
    return {
        "ospa": ospa(errors, cutoff=cutoff),
        "gospa": parts.total,
        "gospa_localisation": parts.localisation,
        "gospa_missed": parts.missed,
        "gospa_false": parts.false,
    }


def _matches(errors: NDArray[np.float64], suffix: str, gate: float) -> dict[str, float]:
    """Count the pairs within a gate and sum their errors."""
    matched = errors[associate(errors, gate + GATE_TOLERANCE)]
    return {f"matches{suffix}": matched.size, f"match_error{suffix}": float(matched.sum())}


def _stack(rows: Iterable[dict[str, float]]) -> _Sums:
    """Turn one dictionary per scene into one array (scene,) per quantity."""
    scenes = list(rows)
    return {name: np.array([row[name] for row in scenes], dtype=np.float64) for name in scenes[0]}


def _region_sums(references: _Scenes, estimates: _Scenes, *, num_sectors: int) -> _Sums:
    """Count sectors rightly, falsely and not claimed to hold a source, and sources that share one.

    All scenes at once: they are counts, exact in any order.
    """
    truth, claim = (_active_sectors(each, num_sectors) for each in (references, estimates))
    counts = {
        "region_true_positives": truth & claim,
        "region_false_positives": ~truth & claim,
        "region_false_negatives": truth & ~claim,
    }
    num_sources = np.array([azimuths.size for azimuths in references], dtype=np.float64)
    return {
        "collisions": num_sources - np.count_nonzero(truth, axis=1),
        **{name: np.sum(each, axis=1, dtype=np.float64) for name, each in counts.items()},
    }


def _active_sectors(scenes: _Scenes, num_sectors: int) -> NDArray[np.bool_]:
    """Return whether each sector of each scene holds an azimuth, (scene, sector)."""
    sectors = sector_of(np.concatenate(scenes), num_sectors)
    owners = np.repeat(np.arange(len(scenes)), [azimuths.size for azimuths in scenes])
    active = np.zeros((len(scenes), num_sectors), dtype=np.bool_)
    active[owners, sectors] = True
    return active


# From sums to scores


def _scores(sums: _Sums) -> _Sums:
    """Turn pooled sums into scores, in the order they are printed."""
    return {
        **{f"{name}_deg": np.rad2deg(sums[name] / sums["scenes"]) for name in _DISTANCES},
        "absolute_doa_error_deg": _mean_error_deg(sums, ""),
        **{name: score for gate in GATES_DEG for name, score in _gated(sums, gate).items()},
        "count_error": sums["count_error"] / sums["scenes"],
        **_rates(
            "region_{}",
            sums["region_true_positives"],
            sums["region_false_positives"],
            sums["region_false_negatives"],
        ),
        "collisions": sums["collisions"] / sums["scenes"],
    }


def _gated(sums: _Sums, gate: int) -> _Sums:
    """Score the pairs within a gate in degrees."""
    matches = sums[f"matches_{gate}deg"]
    false, missed = sums["estimates"] - matches, sums["sources"] - matches
    return {
        **_rates(f"{{}}_{gate}deg", matches, false, missed),
        f"absolute_doa_error_{gate}deg": _mean_error_deg(sums, f"_{gate}deg"),
    }


def _rates(form: str, *counts: NDArray[np.float64]) -> _Sums:
    """Return precision, recall and F1 of right, false and missed counts, named after a form."""
    rates: dict[str, Callable[..., NDArray[np.float64]]]
    rates = {"precision": precision, "recall": recall, "f1": f1}
    return {form.format(name): rate(*counts) for name, rate in rates.items()}


def _mean_error_deg(sums: _Sums, suffix: str) -> NDArray[np.float64]:
    """Return the mean error of matched pairs in degrees; NaN without a pair."""
    matches = np.asarray(sums[f"matches{suffix}"])
    mean = sums[f"match_error{suffix}"] / np.where(matches > 0.0, matches, np.nan)
    return np.asarray(np.rad2deg(mean))


def _pooled(sums: _Sums) -> _Sums:
    """Add up the scenes."""
    return {name: np.asarray(values.sum()) for name, values in sums.items()}


def _intervals(sums: _Sums) -> dict[str, Interval]:
    """Return every score over all scenes with its bootstrap interval."""
    replicates = resampled_sums(np.stack(list(sums.values()), axis=1))
    drawn = _scores(dict(zip(sums, replicates.T, strict=True)))
    return {
        name: percentile_interval(float(score), drawn[name])
        for name, score in _scores(_pooled(sums)).items()
    }


def _breakdown_row(sums: _Sums, mask: NDArray[np.bool_]) -> dict[str, float]:
    """Return the scores of some scenes, after their number."""
    scores = _scores(_pooled({name: values[mask] for name, values in sums.items()}))
    return {
        "num_scenes": int(np.count_nonzero(mask)),
        **{name: float(score) for name, score in scores.items()},
    }


def _coverage(sums: _Sums) -> Coverage:
    """Count what was scored."""
    return Coverage(
        num_scenes=sums["scenes"].size,
        num_sources=int(sums["sources"].sum()),
        num_estimates=int(sums["estimates"].sum()),
        num_pairs=int(sums["matches"].sum()),
    )


def _plain(value: Any) -> Any:
    """Return nested values as JSON has them: rounded, and None for NaN."""
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, float):
        return None if np.isnan(value) else round(value, _DECIMALS)
    return value
