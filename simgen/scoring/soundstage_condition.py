"""One device and one head: how far the ears' cues are from the stage's, and what that costs.

References
----------
docs/decisions/soundstage-protocol.md gives the reason of each definition and number.
"""

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simgen.scoring.crosstalk_bands import COLOUR_BANDS, PLANT_BINS, decibels
from simgen.scoring.crosstalk_condition import effort_db, level_db
from simgen.scoring.crosstalk_filters import filter_spectra
from simgen.scoring.crosstalk_plant import doing_nothing, ear_powers
from simgen.scoring.gain_over_nothing import mean_and_worst
from simgen.scoring.interaural import InterauralCues, interaural_coherence, interaural_cues
from simgen.scoring.soundstage_plant import PANS, SoundstagePlant, panned_spectra

__all__ = [
    "STAGE_1",
    "HeadScore",
    "SoundstageRules",
    "cue_errors",
    "score_head",
    "stage_colour_db",
]

_CENTRE: Final = len(PANS) // 2


@dataclass(frozen=True)
class SoundstageRules:
    """The numbers of the protocol; judgement, see the decision page.

    Attributes
    ----------
    just_noticeable_time, just_noticeable_level_db
        Errors of time in s and of level that count 1.
    level_clip_db
        Error of level beyond which nothing more is lost.
    effort_cap_db, effort_fade_db
        Effort up to which a band counts in full, and the range over which it fades to nothing.
    worst_share, worst_weight
        Share of the seats that are the worst, and their weight beside the mean of all.
    colour_allowance_db, colour_charge
        Colour that is free of charge, and points for each decibel beyond.
    coherence_allowance, coherence_charge
        Loss of coherence that is free of charge, and points for a loss of 1 beyond.
    floor
        Least points of a head.
    """

    just_noticeable_time: float = 20e-6
    just_noticeable_level_db: float = 1.0
    level_clip_db: float = 20.0
    effort_cap_db: float = 10.0
    effort_fade_db: float = 6.0
    worst_share: float = 0.1
    worst_weight: float = 0.5
    colour_allowance_db: float = 2.0
    colour_charge: float = 5.0
    coherence_allowance: float = 0.05
    coherence_charge: float = 100.0
    floor: float = -100.0

    def over_seats(self, errors: NDArray[np.float64]) -> NDArray[np.float64]:
        """Weigh the mean error over seats against that over the worst of them, shape (...)."""
        share, weight = self.worst_share, self.worst_weight
        return -mean_and_worst(-errors, worst_share=share, worst_weight=weight)

    def kept(self, effort: NDArray[np.float64]) -> float:
        """Return the share of a gain that efforts in dB leave, the mean over bands."""
        excess = (effort - self.effort_cap_db) / self.effort_fade_db
        return float(np.mean(np.clip(1.0 - excess, 0.0, 1.0)))

    def colour_points(self, colour: NDArray[np.float64], nothing: NDArray[np.float64]) -> float:
        """Return what colour (colour band, place) costs, beyond that of doing nothing."""
        free = max(self.colour_allowance_db, _largest_colour(nothing))
        return self.colour_charge * max(0.0, _largest_colour(colour) - free)

    def coherence_points(self, coherence: float, nothing: float) -> float:
        """Return what a loss of coherence costs."""
        return self.coherence_charge * max(0.0, nothing - coherence - self.coherence_allowance)

    def points(
        self,
        errors: NDArray[np.float64],
        nothing: NDArray[np.float64],
        *,
        kept: float,
        charge: float,
    ) -> NDArray[np.float64]:
        """Return points from the errors of each seat, shape (..., seat), and of doing nothing."""
        gain = 100.0 * (1.0 - self.over_seats(errors) / self.over_seats(nothing))
        return np.maximum(self.floor, np.where(gain > 0.0, kept * gain, gain) - charge)


STAGE_1: Final = SoundstageRules()
"""The rules of ``stage/1``."""


@dataclass(frozen=True)
class HeadScore:
    """What filters gain over doing nothing, and why.

    Attributes
    ----------
    points
        The score: 0 for doing nothing, 100 for the stage itself.
    anchor_points
        What the stereo pair would have, without any charge.
    kept
        Share of the gain that effort leaves.
    colour_charge, coherence_charge
        Points that colour and loss of coherence cost.
    seat_errors, nothing_errors, anchor_errors
        Cue error of the worse half of the stage in just noticeable differences, of the filters,
        of doing nothing and of the stereo pair, shape (seat,).
    effort_db
        Extra drive per decibel heard in third octaves, shape (band,).
    level_db
        Level of each input at its own ear over doing nothing, mean over seats, in third octaves,
        shape (band, input).
    colour_db
        Level over that of the stereo pair, less its mean, shape (colour band, place).
    coherence, nothing_coherence
        Of the ears for the middle of the stage, mean over seats; of doing nothing likewise.
    """

    points: float
    anchor_points: float
    kept: float
    colour_charge: float
    coherence_charge: float
    seat_errors: NDArray[np.float64]
    nothing_errors: NDArray[np.float64]
    anchor_errors: NDArray[np.float64]
    effort_db: NDArray[np.float64]
    level_db: NDArray[np.float64]
    colour_db: NDArray[np.float64]
    coherence: float
    nothing_coherence: float

    @property
    def charge(self) -> float:
        """Points that are charged in all."""
        return self.colour_charge + self.coherence_charge


def score_head(
    plant: SoundstagePlant,
    filters: NDArray[np.complex128],
    *,
    rules: SoundstageRules = STAGE_1,
) -> HeadScore:
    """Score filters for one head against doing nothing.

    Parameters
    ----------
    plant
        Device, stage, stereo pair and head.
    filters
        Spectra of the filters at the plant's frequencies, shape (frequency, driver, input).
    rules
        Numbers other than those of ``stage/1``, to see how much depends on them.
    """
    routing, pair = (_routing(number) for number in (plant.num_drivers, 2))
    target, stereo = interaural_cues(plant.stage), panned_spectra(plant.anchor, pair)
    heard, nothing, anchor = (
        _measure(spectra, target, stereo, rules)
        for spectra in (
            panned_spectra(plant.device.poses, filters),
            panned_spectra(plant.device.poses, routing),
            stereo,
        )
    )
    powers, reference = (ear_powers(plant.device.poses, each) for each in (filters, routing))
    effort = effort_db(filters, powers, reference)
    kept = rules.kept(effort)
    colour_charge = rules.colour_points(heard.colour_db, nothing.colour_db)
    coherence_charge = rules.coherence_points(heard.coherence, nothing.coherence)
    charge = colour_charge + coherence_charge
    return HeadScore(
        points=float(rules.points(heard.errors, nothing.errors, kept=kept, charge=charge)),
        anchor_points=float(rules.points(anchor.errors, nothing.errors, kept=1.0, charge=0.0)),
        kept=kept,
        colour_charge=colour_charge,
        coherence_charge=coherence_charge,
        seat_errors=heard.errors,
        nothing_errors=nothing.errors,
        anchor_errors=anchor.errors,
        effort_db=effort,
        level_db=level_db(powers, reference),
        colour_db=heard.colour_db,
        coherence=heard.coherence,
        nothing_coherence=nothing.coherence,
    )


def _routing(num_drivers: int) -> NDArray[np.complex128]:
    """Return the spectra of doing nothing, shape (frequency, driver, input)."""
    return filter_spectra(doing_nothing(num_drivers))[PLANT_BINS]


class _Measured(NamedTuple):
    """Cue errors (seat,), colour (colour band, place) and coherence of what is heard."""

    errors: NDArray[np.float64]
    colour_db: NDArray[np.float64]
    coherence: float


def _measure(
    heard: NDArray[np.complex128],
    target: InterauralCues,
    stereo: NDArray[np.complex128],
    rules: SoundstageRules,
) -> _Measured:
    """Compare what is heard (seat, frequency, 2, place) with the stage and a stereo pair."""
    centre = heard[..., _CENTRE : _CENTRE + 1]
    return _Measured(
        errors=cue_errors(interaural_cues(heard), target, rules=rules),
        colour_db=stage_colour_db(heard, stereo),
        coherence=float(interaural_coherence(centre).mean()),
    )


def cue_errors(
    cues: InterauralCues, target: InterauralCues, *, rules: SoundstageRules = STAGE_1
) -> NDArray[np.float64]:
    """Measure how far cues are from those of the stage, for the worse half of it.

    Times and levels weigh the same, each in just noticeable differences, mean over bands.

    Returns
    -------
    Just noticeable differences, mean over the places of the worse half, shape (seat,).
    """
    time = cues.time_errors(target).mean(axis=1) / rules.just_noticeable_time
    level = np.minimum(cues.level_errors_db(target), rules.level_clip_db).mean(axis=1)
    errors = 0.5 * time + 0.5 * level / rules.just_noticeable_level_db
    left, right = errors[:, : _CENTRE + 1], errors[:, _CENTRE:]
    return np.asarray(np.maximum(left.mean(axis=1), right.mean(axis=1)))


def stage_colour_db(
    heard: NDArray[np.complex128], anchor: NDArray[np.complex128]
) -> NDArray[np.float64]:
    """Measure how far from flat the level of each place is, relative to that of a stereo pair.

    The power of both ears and all seats together, in sixth octaves. One mean, over all places and
    bands, is taken away: a place louder than the others shows.

    Parameters
    ----------
    heard, anchor
        Spectra at the ears, shape (seat, frequency, 2, place).

    Returns
    -------
    Level in dB less the mean, shape (colour band, place).
    """
    level = _colour_levels(heard) - _colour_levels(anchor)
    return np.asarray(level - level.mean())


def _colour_levels(heard: NDArray[np.complex128]) -> NDArray[np.float64]:
    """Return levels in dB, shape (colour band, place)."""
    power = np.sum(heard.real**2 + heard.imag**2, axis=(0, 2))
    return decibels(COLOUR_BANDS.total(power, axis=0))


def _largest_colour(colour: NDArray[np.float64]) -> float:
    """Return the root mean square over bands of the worst place."""
    return float(np.sqrt(np.mean(colour**2, axis=0)).max())
