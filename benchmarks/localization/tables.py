"""Make the tables of localisation in README.md and in the card from the committed results.

``python benchmarks/localization/tables.py`` writes them where the pages say ``<!-- NAME -->``.
Every number is read from ``results/*.json`` and ``transfer.json``, and a test sees that nothing
would change.
"""

import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from statistics import mean, stdev
from typing import Any

HERE = Path(__file__).parent

PAGES = (HERE / "README.md", HERE.parents[1] / "README.md")

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


MOST_OSPA = (
    ("samplecnn", "anechoic", 2.6),
    ("samplecnn", "reverberant", 4.6),
    ("ringcorr", "anechoic", 1.1),
    ("ringcorr", "reverberant", 3.9),
    ("steernet", "anechoic", 0.5),
    ("steernet", "reverberant", 1.6),
    ("steermap", "anechoic", 0.3),
    ("steermap", "reverberant", 1.2),
)
"""What was aimed for: the greatest OSPA in degrees, number of talkers unknown."""


def goal_table(results: Mapping[tuple[str, str], Result]) -> str:
    """Return what was aimed for, what was reached, and whether that is enough."""
    rows = [*_ospa_goals(results), *_article_goals(results), *_music_goals(results)]
    lines = [(*words, "yes" if reached else "**no**") for *words, reached in rows]
    return _table(("Goal", "Split", "Reached", "Enough"), lines)


def _ospa_goals(results: Mapping[tuple[str, str], Result]) -> Iterator[tuple[Any, ...]]:
    for system, split, most in MOST_OSPA:
        value = results[system, split]["scores"]["ospa_deg"]["value"]
        yield f"{_code(system)}: OSPA at most {most}", split, f"{value:.2f}", value <= most


def _article_goals(results: Mapping[tuple[str, str], Result]) -> Iterator[tuple[Any, ...]]:
    """Yield whether samplecnn errs less than SRP-PHAT that is told the count, and finds as many."""
    for split in ("anechoic", "reverberant"):
        ours, theirs = (
            results[system, split]["scores"] for system in ("samplecnn", "srp-phat (known count)")
        )
        error = "absolute_doa_error_deg"
        less = 1.0 - ours[error]["value"] / theirs[error]["value"]
        recalls = [scores["recall_10deg"]["value"] for scores in (ours, theirs)]
        reached = f"{100 * less:.0f} % less, recall {recalls[0]:.3f} against {recalls[1]:.3f}"
        goal = "`samplecnn`: DOA error 15 % below `srp-phat (known count)`, recall no lower"
        yield goal, split, reached, less >= 0.15 and recalls[0] >= recalls[1]


def _music_goals(results: Mapping[tuple[str, str], Result]) -> Iterator[tuple[Any, ...]]:
    """Yield whether networks are below MUSIC that is told the count."""
    peer = "norm-music (known count)"
    for system, splits, errors in (("steernet", ("reverberant",), 2.0), ("steermap", SPLITS, 0.0)):
        for split in splits:
            items = [results[name, split]["per_item"] for name in (system, peer)]
            differences = [items[0][item] - items[1][item] for item in items[0]]
            value = mean(differences)
            error = stdev(differences) / math.sqrt(len(differences))
            by = f" by {errors:.0f} standard errors, paired" if errors else ""
            goal = f"{_code(system)}: OSPA below `{peer}`{by}"
            yield goal, split, f"{value:+.2f} +- {error:.2f}", value < -errors * error


def tables() -> dict[str, Callable[[], str]]:
    """Return what makes each table, by its name in the pages."""
    results = read_results()

    def transfer(part: str) -> Any:
        return json.loads((HERE / "transfer.json").read_text(encoding="utf-8"))[part]

    return {
        "ospa": lambda: ospa_table(results),
        "error": lambda: error_table(results),
        "counts anechoic": lambda: count_table(results, "anechoic"),
        "counts reverberant": lambda: count_table(results, "reverberant"),
        "goals": lambda: goal_table(results),
        "acoustics": lambda: acoustics_table(transfer("acoustics")),
        "domains": lambda: domain_table(transfer("domains")),
    }


def filled(text: str) -> str:
    """Return a page with its tables made anew."""
    made = tables()

    def fill(found: re.Match[str]) -> str:
        name = found[1]
        return f"<!-- {name} -->\n\n{made[name]()}\n<!-- end of {name} -->"

    return re.sub(r"<!-- ([\w ]+) -->\n.*?<!-- end of \1 -->", fill, text, flags=re.DOTALL)


def main() -> None:
    """Write the tables into the pages."""
    for page in PAGES:
        page.write_text(filled(page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
