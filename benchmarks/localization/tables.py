"""Make the card's tables from the committed results: ``python benchmarks/localization/tables.py``.

Every number is read from ``results/*.json``; a test compares what is printed with README.md.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent

SPLITS = (
    "anechoic",
    "reverberant",
    "harsh",
    "crowded",
    "unseen-rooms",
    "imperfect",
    "real-talkers",
)
"""The tests, in the order of the columns."""

COUNTS = ("1", "2", "3", "4")

Result = Mapping[str, Any]
Line = tuple[str, ...]


def read_results() -> dict[tuple[str, str], Result]:
    """Return the committed results by system and split."""
    files = sorted((HERE / "results").glob("*.json"))
    results = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    return {(each["system"], each["split"]): each for each in results}


def ospa_table(results: Mapping[tuple[str, str], Result]) -> str:
    """Return OSPA in degrees with its interval, systems by splits."""
    return _by_split(results, lambda result: _with_interval(result["scores"]["ospa_deg"], 2))


def error_table(results: Mapping[tuple[str, str], Result]) -> str:
    """Return the absolute DOA error in degrees and the recall within 10 degrees."""

    def both(result: Result) -> str:
        error, recall = (
            result["scores"][name]["value"] for name in ("absolute_doa_error_deg", "recall_10deg")
        )
        return "-" if error is None else f"{error:.1f} / {recall:.3f}"

    return _by_split(results, both)


def count_table(results: Mapping[tuple[str, str], Result], split: str) -> str:
    """Return OSPA in degrees of one split by the number of sources."""

    def cells(system: str) -> Line:
        found = results[system, split]["breakdown"]["num_sources"]
        return tuple(f"{found[count]['ospa_deg']:.2f}" for count in COUNTS)

    heading = ("System", *(f"{count} talker{'s' * (count != '1')}" for count in COUNTS))
    rows = [(_code(system), *cells(system)) for system in _systems(results, (split,))]
    return _table(heading, rows)


def acoustics_table(rows: Iterable[Result]) -> str:
    """Return what networks do that learned in one kind of acoustics."""
    lines = [
        (
            _code(row["system"]),
            row["learned"],
            row["heard"],
            _with_interval(row["ospa_deg"], 2),
            f"{row['absolute_doa_error_deg']['value']:.1f}",
            f"{row['recall_10deg']['value']:.3f}",
        )
        for row in rows
    ]
    return _table(("System", "learned", "heard", "OSPA", "DOA error", "Recall at 10 deg"), lines)


def domain_table(rows: Iterable[Result]) -> str:
    """Return OSPA in degrees on the held-out third of shifted splits, before and after tuning."""
    cells: dict[str, dict[str, str]] = {}
    domains: dict[str, None] = {}
    for row in rows:
        name = _code(row["system"]) + (", tuned" if row["tuned"] else "")
        domains[row["domain"]] = None
        cells.setdefault(name, {})[row["domain"]] = _with_interval(row["ospa_deg"], 2)
    lines = [(name, *(found[domain] for domain in domains)) for name, found in cells.items()]
    return _table(("System", *domains), lines)


def _by_split(results: Mapping[tuple[str, str], Result], cell: Any) -> str:
    """Return a table of systems by splits."""
    rows = [
        (
            _code(system),
            *(
                cell(results[system, split]) if (system, split) in results else "-"
                for split in SPLITS
            ),
        )
        for system in _systems(results, SPLITS)
    ]
    return _table(("System", *SPLITS), rows)


def _systems(results: Mapping[tuple[str, str], Result], splits: Iterable[str]) -> list[str]:
    """Return the systems that answered splits: those told nothing first, then the best first."""
    scores: dict[str, list[float]] = {}
    told = {}
    for (system, split), result in results.items():
        if split in splits:
            scores.setdefault(system, []).append(result["scores"]["ospa_deg"]["value"])
            told[system] = result["uses_oracle"]
    return sorted(scores, key=lambda each: (told[each], sum(scores[each]) / len(scores[each])))


def _with_interval(score: Mapping[str, float], decimals: int) -> str:
    """Write a score with its interval."""
    value, low, high = (f"{score[key]:.{decimals}f}" for key in ("value", "low", "high"))
    return f"{value} [{low}, {high}]"


def _code(name: str) -> str:
    """Write a name as code."""
    return f"`{name}`"


def _table(heading: Line, rows: Iterable[Line]) -> str:
    """Write a Markdown table, names to the left and numbers to the right."""
    rule = (":--", *("--:" for _ in heading[1:]))
    return "\n".join(f"| {' | '.join(line)} |" for line in (heading, rule, *rows)) + "\n"


def tables() -> Iterator[tuple[str, str]]:
    """Yield the title and the text of every table."""
    results = read_results()
    yield "OSPA in degrees", ospa_table(results)
    yield "Absolute DOA error in degrees / recall within 10 degrees", error_table(results)
    for split in ("anechoic", "reverberant"):
        yield f"OSPA in degrees on `{split}` by number of talkers", count_table(results, split)
    transfer = json.loads((HERE / "transfer.json").read_text(encoding="utf-8"))
    yield (
        "Learned in one kind of acoustics, heard in another",
        acoustics_table(transfer["acoustics"]),
    )
    yield (
        "OSPA in degrees on the held-out third of a shifted split",
        domain_table(transfer["domains"]),
    )


if __name__ == "__main__":
    for title, text in tables():
        print(f"#### {title}\n\n{text}")
