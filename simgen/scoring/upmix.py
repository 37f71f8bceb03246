"""The protocol ``lrc/1``: the centre taken out of stereo mixes.

A system gives, for each mix, the centre C as it appears in left and right. What is left to the
sides, L - C and R - C, follows, so that every submission folds down to the mix exactly.

1.  SI-SDR of C against the centre stem as it was mixed, from -30 to 40 dB.
2.  Less that of doing nothing, the mid (L + R) / 2. **The mean over mixes ranks**, in dB gained
    over the mid.

The mid scores exactly 0, at another gain but for rounding, and so does a mix that is left out. A
centre of opposite polarity is none. The interval comes from resampling mixes. Everything else
explains a score: plain ratios pay for being quiet, and correlation with the sides is least for
noise. Changing any definition here makes a new protocol.

References
----------
docs/decisions/upmix-protocol.md gives the reasons, and what was tried.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.errors import ParameterError, SubmissionError
from simgen.scoring.bootstrap import (
    Interval,
    PairedInterval,
    bootstrap_interval,
    paired_bootstrap,
)
from simgen.scoring.octave_bands import SAMPLE_RATE
from simgen.scoring.plain_values import plain_values
from simgen.scoring.submitted_filters import sample_rate_fault
from simgen.scoring.upmix_measures import (
    band_correlation,
    correlation,
    energy_db,
    leakage_db,
    segment_sdr_db,
    si_sdr_db,
)
from simgen.scoring.upmix_mix import StereoMix

__all__ = [
    "PROTOCOL",
    "MixReport",
    "MixScore",
    "UpmixScore",
    "compare_upmixes",
    "score_upmix",
]

PROTOCOL: Final = "lrc/1"

LEAST_ENERGY: Final = 1e-6
"""Of a centre, re the mix: below, there is nothing to compare."""

LARGEST_SAMPLE: Final = 1e6
"""Far above full scale, and far below what overflows."""


@dataclass(frozen=True)
class MixReport:
    """Side results of one mix.

    Attributes
    ----------
    segment_sdr_db
        Plain ratio of signal to distortion, mean over segments of 1 s.
    level_db
        Energy of the centre that was found re the centre stem.
    side_correlation
        Magnitude of its correlation with L - R.
    side_correlation_by_band
        The same in each band of hearing, mean over segments of 1 s, shape (band,).
    leakage_db
        Each other stem's level in it re the centre stem in it, by stem.
    """

    segment_sdr_db: float
    level_db: float
    side_correlation: float
    side_correlation_by_band: NDArray[np.float64]
    leakage_db: dict[str, float]


@dataclass(frozen=True)
class MixScore:
    """One scored mix.

    Attributes
    ----------
    gain_db
        SI-SDR less that of the mid.
    si_sdr_db, mid_si_sdr_db
        The two, from -30 to 40 dB.
    report
        What explains it; None if there is no centre.
    """

    gain_db: float
    si_sdr_db: float
    mid_si_sdr_db: float
    report: MixReport | None


@dataclass(frozen=True)
class UpmixScore:
    """A scored submission.

    Attributes
    ----------
    protocol
        The definition of every score.
    gain_db
        The ranking number: mean over mixes, with its 95 % interval.
    mixes
        Scores by mix; those without a centre count as 0.
    """

    protocol: str
    gain_db: Interval
    mixes: dict[str, MixScore]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON, keys in a fixed order."""
        submitted = sum(mix.report is not None for mix in self.mixes.values())
        score = {
            "protocol": self.protocol,
            "coverage": {"num_mixes": len(self.mixes), "num_mixes_submitted": submitted},
            "gain_db": self.gain_db,
            "mixes": self.mixes,
        }
        plain: dict[str, Any] = plain_values(score)
        return plain


def score_upmix(
    mixes: Mapping[str, StereoMix],
    submission: Mapping[str, ArrayLike],
    *,
    sample_rate: float = SAMPLE_RATE,
) -> UpmixScore:
    """Score the centres of every mix of a split.

    Parameters
    ----------
    mixes
        Mixes by name.
    submission
        Centres by mix, float32 or float64, shape (sample,). A mix that is left out counts as its
        mid.
    sample_rate
        Of the centres in Hz, as submitted.

    Raises
    ------
    SubmissionError
        If centres cannot be scored; lists every fault.
    ParameterError
        If there is no mix.
    """
    if not mixes:
        raise ParameterError("there is no mix to score", fix="Pass at least one.")
    faults = [f"{name}: no such mix" for name in sorted({*submission} - {*mixes})]
    faults += [] if submission else ["there are no centres for any mix"]
    for name, mix in mixes.items():
        if name in submission:
            found = _centre_faults(mix, submission[name], sample_rate)
            faults += [f"{name}: {fault}" for fault in found]
    if faults:
        raise SubmissionError(faults)
    scored = {name: _score_mix(mix, submission.get(name)) for name, mix in mixes.items()}
    gains = [[mix.gain_db, 1.0] for mix in scored.values()]
    interval = bootstrap_interval(lambda sums: sums[..., 0] / sums[..., 1], gains)
    return UpmixScore(PROTOCOL, interval, scored)


def _centre_faults(mix: StereoMix, centre: Any, sample_rate: float) -> Iterator[str]:
    """Yield what keeps one centre from being scored."""
    rate_fault = sample_rate_fault(sample_rate)
    if rate_fault is not None:
        yield rate_fault
    fault = _form_fault(centre, mix.num_samples)
    if fault is not None:
        yield fault
        return
    signal = np.asarray(centre, dtype=np.float64)
    usable = np.isfinite(signal) & (np.abs(signal) <= LARGEST_SAMPLE)
    for place in np.flatnonzero(~usable)[:1]:
        allowed = f"finite numbers of at most {LARGEST_SAMPLE:g}"
        yield f"sample [{place}] is {signal[place]:g} (allowed: {allowed})"
    if usable.all():
        ratio = np.sum(signal * signal) / np.sum(mix.stereo * mix.stereo)
        if ratio < LEAST_ENERGY:
            yield f"the centre has {ratio:.2g} of the mix's energy (allowed: {LEAST_ENERGY:g})"


def _form_fault(centre: Any, num_samples: int) -> str | None:
    """Return what is wrong with type or shape, if anything is."""
    try:
        array = np.asarray(centre)
    except ValueError:
        return "the centre is nested unevenly (allowed: an array (sample,))"
    if array.dtype not in (np.dtype(np.float32), np.dtype(np.float64)):
        return f"the centre is of type {array.dtype} (allowed: float32, float64)"
    if array.shape != (num_samples,):
        return f"the centre has shape {array.shape} (allowed: ({num_samples},), as the mix has)"
    return None


def _score_mix(mix: StereoMix, centre: ArrayLike | None) -> MixScore:
    """Score one mix; without a centre, as its mid."""
    least = si_sdr_db(mix.centre, mix.mid)
    if centre is None:
        return MixScore(0.0, least, least, None)
    signal = np.asarray(centre, dtype=np.float64)
    found = si_sdr_db(mix.centre, signal)
    return MixScore(found - least, found, least, _report(mix, signal))


def _report(mix: StereoMix, centre: NDArray[np.float64]) -> MixReport:
    """Measure what explains a mix's score."""
    return MixReport(
        segment_sdr_db=segment_sdr_db(mix.centre, centre),
        level_db=energy_db(centre) - energy_db(mix.centre),
        side_correlation=correlation(centre, mix.side),
        side_correlation_by_band=band_correlation(centre, mix.side),
        leakage_db=leakage_db(mix, centre),
    )


def compare_upmixes(first: UpmixScore, second: UpmixScore) -> PairedInterval:
    """Bound how much more the first submission gains, resampling the mixes of both alike.

    Raises
    ------
    ParameterError
        If the two were not scored on the same mixes.
    """
    if [*first.mixes] != [*second.mixes]:
        raise ParameterError("the submissions were not scored on the same mixes")
    gains = [[mix.gain_db for mix in each.mixes.values()] for each in (first, second)]
    return paired_bootstrap(*gains)
