"""``simgen bench score --measured``: filters on ear responses that somebody measured."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

__all__ = ["measured_score", "measured_table"]

_MEASURES = (
    "charge_db",
    "separation_db",
    "worst_separation_db",
    "nothing_separation_db",
    "nominal_separation_db",
    "effort_db",
    "early_energy_db",
    "late_energy_db",
)


def measured_score(filters: Path, measured: Path, *, device: str | None) -> dict[str, Any]:
    """Score filters, or those of a submission, on a SOFA file; return plain values."""
    from simgen.evaluate.measured import score_measured
    from simgen.evaluate.measured_filters import filters_for
    from simgen.exchange.sofa_ears import read_ear_responses

    ears = read_ear_responses(measured)
    name, taps = filters_for(filters, ears.num_loudspeakers, device=device)
    return {"filters": name, **score_measured(taps, ears, name=measured.name).to_dict()}


def measured_table(result: dict[str, Any]) -> str:
    """Return such a score as text."""
    return "\n".join(_lines(result))


def _lines(result: dict[str, Any]) -> Iterator[str]:
    order = ", ".join(str(index) for index in result["left_to_right"])
    yield f"{result['filters']} on {result['measured']}, by the definitions of {result['protocol']}"
    yield f"no ranked score; {result['coverage']['num_poses']} poses, loudspeakers {order}"
    yield ""
    gain = result["scores"]["gain_db"]
    yield f"{'score':<28}{'value':>10}   95 % interval"
    yield f"{'gain_db':<28}{gain['value']:>10.3f}   [{gain['low']:.3f}, {gain['high']:.3f}]"
    for name in _MEASURES:
        yield f"{name:<28}{result['measures'][name]:>10.3f}"
    yield ""
    columns = [*next(iter(result["bands"].values()))]
    yield f"{'band':<10}" + "".join(f"{name:>24}" for name in columns)
    for band, numbers in result["bands"].items():
        yield f"{band:<10}" + "".join(f"{numbers[name]:>24.3f}" for name in columns)
