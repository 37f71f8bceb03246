"""The card of a dataset: what it is, how it was made, how to read and verify it."""

import json
from collections.abc import Mapping

from simgen.dataset.layout import Identity
from simgen.scene.in_words import head_in_words
from simgen.scene.scene import Scene

__all__ = ["card"]

_CARD = """\
# {name}

{count} acoustic scenes with exact labels, made by simgen {simgen}.

| | |
|---|---|
| scenes | {count}, described in `{description}` |
| seed | {seed} |
| shards | {num_shards} of up to {scenes_per_shard} scenes each |
| stored | {stored} |
| failed | {num_failed} |

## Read it

```python
import simgen

dataset = simgen.open(".")
recording = dataset[{example}]
recording.scene      # what was rendered: room, arrays, sources, as numbers
recording.signals    # of each array, (microphone, sample)
recording.labels     # of each array: directions, distances, activity, regions
{read_ears}```

The shards are HDF5 files and can be read without simgen: `shards/shard-00000.h5` holds a group
for each scene, such as `00000000`, with `scene` (JSON), `signals/ARRAY` and
`labels/ARRAY/{{doa,distance,activity}}`. Attributes name the axes and units. Lengths are in
metres; the frame is right-handed with x to the front, y to the left and z up.
{listening}
## Verify it

    simgen verify .             # or: sha256sum -c SHA256SUMS
    simgen verify --deep 3 .{base}    # renders three scenes again and compares them

## Make it again

{recipe}

The same versions on the same kind of machine give the same bytes, for any number of jobs:
{versions}.
{folders}{failures}"""

_DRAWN_RECIPE = (
    "    simgen render {description} --out OUT --count {count} --seed {seed}{keep}{base}"
)

_BASE = " --base BASE"

_READ_EARS = """\
recording.ear_responses  # by listener and device, (pose, ear, loudspeaker, sample)
"""

_LISTENING = """
## Loudspeakers and listeners

`ear_responses/LISTENER/DEVICE` holds the impulse responses from every driver to both ears in every
pose, (pose, ear, loudspeaker, sample): ear 0 is the left one, pose 0 the nominal one, and sample 0
the instant of emission. In scene {index}:

{things}
"""

_FOLDERS = """
The recordings in {folders} are not part of this dataset. A relative path is found from `BASE`,
which `simgen verify --deep` and `simgen render` take as `--base`: when this dataset was made it
was the folder of the scene file, unless another one was given.
"""

_FROZEN_RECIPE = """\
```python
from pathlib import Path

from simgen.generate.run import generate
from simgen.generate.sources import FrozenScenes

scenes = FrozenScenes.from_jsonl({name}, Path("{description}").read_bytes())
generate(scenes, Path("OUT"), count={count}{options})
```"""


def card(identity: Identity, failures: Mapping[int, str], scene: Scene | None = None) -> str:
    """Write the card of a dataset.

    Parameters
    ----------
    identity
        What the dataset is.
    failures
        Why scenes have no recording, by scene index.
    scene
        The first one that has a recording.
    """
    example = next((index for index in range(identity.count) if index not in failures), 0)
    return _CARD.format(
        **identity.model_dump(exclude={"versions", "seed", "corpora"}),
        seed="none, the scenes are frozen" if identity.seed is None else identity.seed,
        simgen=identity.versions.get("simgen", "of unknown version"),
        num_shards=identity.num_shards,
        stored=", ".join(_stored(identity, scene)),
        read_ears=_READ_EARS if _has_listeners(scene) else "",
        listening=_listening(scene),
        num_failed=len(failures),
        example=example,
        recipe=_recipe(identity),
        versions=", ".join(f"{name} {number}" for name, number in identity.versions.items()),
        base=_BASE if identity.corpora else "",
        folders=_folders(identity),
        failures=_failures(failures),
    )


def _has_listeners(scene: Scene | None) -> bool:
    """Tell whether somebody in a scene hears loudspeakers."""
    return scene is not None and bool(scene.devices and scene.listeners)


def _stored(identity: Identity, scene: Scene | None) -> tuple[str, ...]:
    """Return what is stored of each scene."""
    recorded = scene is None or bool(scene.arrays)
    return (
        *(("signals", *identity.keep, "labels") if recorded else ()),
        *(("ear responses",) if _has_listeners(scene) else ()),
        "scenes",
    )


def _listening(scene: Scene | None) -> str:
    """Return the section on loudspeakers and listeners; nothing if there are none."""
    if scene is None or not _has_listeners(scene):
        return ""
    devices = [
        f"* device `{name}`: {len(device.drivers)} loudspeakers"
        for name, device in scene.devices.items()
    ]
    listeners = [
        f"* listener `{name}`: {head_in_words(listener.head)}, {len(listener.poses)} poses"
        for name, listener in scene.listeners.items()
    ]
    return _LISTENING.format(index=scene.index, things="\n".join((*devices, *listeners)))


def _recipe(identity: Identity) -> str:
    """Return what renders the dataset again."""
    if identity.seed is None:
        return _FROZEN_RECIPE.format(
            name=json.dumps(identity.name),
            description=identity.description,
            count=identity.count,
            options=_options(identity),
        )
    keep = f" --keep {','.join(identity.keep)}" if identity.keep else ""
    base = _BASE if identity.corpora else ""
    return _DRAWN_RECIPE.format(**identity.model_dump(exclude={"keep"}), keep=keep, base=base)


def _folders(identity: Identity) -> str:
    """Return where recordings are found that were not shipped; nothing if there are none."""
    if not identity.corpora:
        return ""
    return _FOLDERS.format(folders=", ".join(f"`{folder}`" for folder in sorted(identity.corpora)))


def _options(identity: Identity) -> str:
    """Return the arguments of ``generate`` that differ from its defaults."""
    keep = f", keep=frozenset({list(identity.keep)})" if identity.keep else ""
    default = type(identity).model_fields["scenes_per_shard"].default
    size = identity.scenes_per_shard
    return keep + (f", scenes_per_shard={size}" if size != default else "")


def _failures(failures: Mapping[int, str]) -> str:
    """Return the section on scenes without a recording; nothing if there are none."""
    if not failures:
        return ""
    lines = (f"* scene {index}: {' '.join(failures[index].split())}" for index in sorted(failures))
    return "\n".join(("\n## Scenes that could not be rendered\n", *lines, ""))
