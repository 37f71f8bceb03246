"""Note how the scenes of built splits sound, beside their frozen scenes.

``python benchmarks/localization/fingerprint.py built/localization-*`` writes a file for each split
and prints its digest for ``track.yaml``. It is done once, like freezing: fingerprints made anew
would agree with whatever they were made of.
"""

import gzip
import hashlib
import sys
from pathlib import Path

from simgen.benchmark.fingerprints import Fingerprints, fingerprint
from simgen.dataset.dataset import open_dataset

HERE = Path(__file__).parent


def write(directory: Path) -> None:
    """Write the fingerprints of a built split."""
    dataset = open_dataset(directory)
    split = dataset.identity.name.removeprefix(f"{HERE.name}-")
    scenes = tuple(fingerprint(recording) for recording in dataset)
    content = Fingerprints(versions=dict(dataset.identity.versions), scenes=scenes).to_bytes()
    (HERE / f"{split}-fingerprints.json.gz").write_bytes(content)
    print(f"{split} {hashlib.sha256(gzip.decompress(content)).hexdigest()}")


if __name__ == "__main__":
    for built in sys.argv[1:]:
        write(Path(built))
