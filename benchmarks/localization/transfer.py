"""What networks do in acoustics and domains that they did not learn from.

``python benchmarks/localization/transfer.py`` trains networks in anechoic rooms alone and in
reverberant ones alone, tunes the shipped weights to a third of each shifted split, and scores all
of them; it needs the extra ``torch``, an hour, and splits built by ``simgen bench build`` below
``built``. It writes ``transfer.json``, from which ``tables.py`` makes the card's tables.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

import simgen
from simgen.baselines.localisers import LOCALISERS, LocalizationBaseline
from simgen.baselines.networks.catalogue import NetworkLocaliser
from simgen.benchmark.localization import references
from simgen.benchmark.suite import Split, load_split
from simgen.scoring.localization import score_localization
from simgen.training.domains import items_of

HERE = Path(__file__).parent

NETWORKS = {"samplecnn": 128_000, "steernet": 64_000, "steermap": 96_000}
"""Networks, and examples that each learns from in one kind of acoustics."""

TUNING = {"samplecnn": 32_000, "steernet": 16_000, "steermap": 24_000}
"""Examples that each is tuned with; half of them are of the new domain."""

ACOUSTICS = ("anechoic", "reverberant")

DOMAINS = ("unseen-rooms", "imperfect", "real-talkers")

PEERS = ("srp-phat", "tdoa-regions", "norm-music")
"""What networks are compared with; they learn nothing."""

SCORES = ("ospa_deg", "absolute_doa_error_deg", "recall_10deg")


def train(network: str, out: Path, *options: str) -> str:
    """Train a network into a folder; return the command."""
    command = ["simgen", "bench", "train", network, *options]
    full = [sys.executable, "-m", *command, "--out", str(out), "--jobs", "1", "--device", "cpu"]
    subprocess.run(full, check=True)
    return " ".join(command)


def scored(
    baseline: LocalizationBaseline, split: Split, numbers: Iterable[int], *, told: bool = False
) -> dict[str, Any]:
    """Score a system on some scenes of a split."""
    dataset = simgen.open(Path("built") / split.path.replace("/", "-"))
    truth, found, wanted = references(split), {}, {}
    for number in numbers:
        item, scene = split.items[number], split.scenes[number]
        wanted[item] = truth[item]
        found[item] = baseline.locate(
            dataset[number].signals["table"],
            np.array(scene.arrays["table"].microphones),
            sample_rate=scene.sample_rate,
            num_sources=len(scene.sources) if told else None,
        )
    scores = score_localization(wanted, found).scores
    return {name: vars(scores[name]) for name in SCORES} | {"num_scenes": len(wanted)}


def in_folder(network: str, folder: Path | None) -> LocalizationBaseline:
    """Return a network with the weights of a folder, or with those that ship."""
    return LocalizationBaseline(network, {}, "", locate=NetworkLocaliser(network, folder))


def across_acoustics(trained: Path) -> list[dict[str, Any]]:
    """Train in one kind of acoustics and test in both."""
    rows = []
    for network, examples in NETWORKS.items():
        for learned in ACOUSTICS:
            out = trained / f"{network}-{learned}"
            options = ("--acoustics", learned, "--examples", str(examples))
            command = train(network, out, *options)
            for heard in ACOUSTICS:
                split = load_split(f"localization/{heard}")
                result = scored(in_folder(network, out), split, range(len(split.items)))
                rows.append({"system": network, "learned": learned, "heard": heard})
                rows[-1] |= {"command": command, **result}
                print(rows[-1], file=sys.stderr)
    return rows


def tuned_to_domains(trained: Path) -> list[dict[str, Any]]:
    """Tune to a third of a shifted split, and test on what was held out."""
    rows = []
    for domain in DOMAINS:
        split = load_split(f"localization/{domain}")
        held_out = items_of(split, "held-out")
        systems = [(LOCALISERS[name], "", told) for name in PEERS for told in (False, True)]
        for network, examples in TUNING.items():
            out = trained / f"{network}-{domain}"
            options = ("--fine-tune", split.path, "--examples", str(examples))
            command = train(network, out, *options)
            systems += [
                (in_folder(network, None), "", False),
                (in_folder(network, out), command, False),
            ]
        for baseline, command, told in systems:
            name = f"{baseline.name} (known count)" if told else baseline.name
            rows.append({"system": name, "domain": domain, "tuned": bool(command)})
            rows[-1] |= {"command": command, **scored(baseline, split, held_out, told=told)}
            print(rows[-1], file=sys.stderr)
    return rows


def main() -> None:
    """Train, score and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trained", type=Path, default=Path("transfer"), help="folder of weights")
    parser.add_argument("--out", type=Path, default=HERE / "transfer.json")
    options = parser.parse_args()
    found = {
        "acoustics": across_acoustics(options.trained),
        "domains": tuned_to_domains(options.trained),
    }
    options.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
