"""A finished dataset made without processes."""

from simgen.dataset.card import card
from simgen.dataset.digests import format_sums, sha256_of
from simgen.dataset.layout import SHARDS, Identity, installed_versions, shard_path
from simgen.dataset.shard import Failure, write_shard
from tests.dataset.fake_scenes import fake_render, make_scene

SCENE_FILE = b"scene: 1\nname: office\n"
KEEP = frozenset({"images"})
IDENTITY_OF_TEN = Identity(
    name="büro",
    description="scene.yaml",
    scenes="a" * 64,
    seed=7,
    count=10,
    keep=("images",),
    versions={"numpy": "2.0", "h5py": "3.12"},
)


def write_dataset(directory, *, count=5, failed=(), scene=make_scene):
    """Write a dataset of fake recordings in which some scenes failed."""
    (directory / SHARDS).mkdir(parents=True)
    (directory / "scene.yaml").write_bytes(SCENE_FILE)
    identity = Identity(
        name="office",
        description="scene.yaml",
        scenes=sha256_of(directory / "scene.yaml"),
        seed=7,
        count=count,
        scenes_per_shard=2,
        keep=tuple(KEEP),
        versions=installed_versions(),
    )
    for shard in range(identity.num_shards):
        write_shard(
            shard_path(directory, shard),
            (
                (k, Failure("broken") if k in failed else fake_render(scene(k), keep=KEEP))
                for k in identity.scenes_in(shard)
            ),
        )
    (directory / "dataset.json").write_bytes(identity.to_bytes())
    failures = dict.fromkeys(failed, "broken")
    (directory / "README.md").write_text(card(identity, failures), encoding="utf-8")
    write_sums(directory, identity)
    return identity


def write_sums(directory, identity):
    """List the digests of what is there, damaged or not."""
    digests = {name: sha256_of(directory / name) for name in identity.file_names()}
    (directory / "SHA256SUMS").write_text(format_sums(digests))
