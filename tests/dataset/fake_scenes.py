"""Scenes and recordings that cost nothing, for tests of storage and of processes."""

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from simgen.errors import GeometryError
from simgen.labels.frames import ArrayLabels
from simgen.render.recording import Recording
from simgen.scene.device import Device, Driver
from simgen.scene.listener import Listener, Pose, SphereHead
from simgen.scene.scene import (
    MicrophoneArray,
    NoiseSignal,
    Regions,
    Room,
    Scene,
    SensorNoise,
    Source,
)

ALL = frozenset({"images", "noise", "responses"})


def make_scene(index, *, seed=7, num_sources=2):
    position = (1.0 + index / 10, 2.0, 1.5)
    source = NoiseSignal(color="pink", key=f"{index:032x}")
    return Scene(
        name="büro",
        seed=seed,
        index=index,
        sample_rate=16000,
        num_samples=700,
        label_hop=160,
        room=Room(size=(5, 4, 3), absorption=((0.3,),) * 6, t60=0.3, speed_of_sound=343.0),
        arrays={
            "table": MicrophoneArray(
                position=(2.5, 2.0, 1.0),
                orientation=(1.0, 0.0, 0.0, 0.0),
                microphones=((0.1, 0.0, 0.0), (-0.1, 0.0, 0.0), (0.0, 0.1, 0.0)),
                regions=Regions(sectors=8),
            ),
            "ceiling": MicrophoneArray(
                position=(2.0, 2.0, 2.9), orientation=(1.0, 0.0, 0.0, 0.0), microphones=((0, 0, 0),)
            ),
        },
        sources=tuple(
            Source(name=f"talkers[{k}]", position=position, level_db=0.1, signal=source)
            for k in range(num_sources)
        ),
        sensor_noise=SensorNoise(snr_db=30.0, key="0" * 32),
    )


def make_listening_scene(index):
    """A scene in which somebody also hears three loudspeakers from two places."""
    upright = (1.0, 0.0, 0.0, 0.0)
    drivers = tuple(Driver(position=(0.0, y, 0.0)) for y in (0.1, 0.0, -0.1))
    poses = tuple(Pose(position=(x, 2.0, 1.2), orientation=upright) for x in (1.0, 1.5))
    return make_scene(index).model_copy(
        update={
            "devices": {"bar": Device(position=(4, 2, 1), orientation=upright, drivers=drivers)},
            "listeners": {"seat": Listener(head=SphereHead(), poses=poses)},
        }
    )


def fake_render(scene, *, keep=frozenset()):
    """Return a recording of seeded noise with the shapes of a real one."""
    generator = np.random.default_rng(scene.index)
    sources, frames = len(scene.sources), -(-scene.num_samples // scene.label_hop)

    def noise(*shape):
        return generator.standard_normal(shape).astype(np.float32)

    def of_arrays(*lead, kind):
        shapes = {name: len(array.microphones) for name, array in scene.arrays.items()}
        made = {name: noise(*lead, count, scene.num_samples) for name, count in shapes.items()}
        return made if kind in keep | {"signals"} else {}

    def labels(array):
        regions = array.regions
        return ArrayLabels(
            doa=generator.standard_normal((frames, sources, 3)),
            distance=generator.random((frames, sources)),
            activity=generator.random((frames, sources)) > 0.5,
            regions=None if regions is None else generator.random((frames, regions.sectors, 3)),
            source_region=None
            if regions is None
            else generator.integers(0, regions.sectors, (frames, sources)),
        )

    return Recording(
        scene=scene,
        signals=of_arrays(kind="signals"),
        labels={name: labels(array) for name, array in scene.arrays.items()},
        images=of_arrays(sources, kind="images"),
        noise=of_arrays(kind="noise"),
        responses=of_arrays(sources, kind="responses"),
        ear_responses={
            name: {
                device: noise(len(listener.poses), 2, len(one.drivers), 50)
                for device, one in scene.devices.items()
            }
            for name, listener in scene.listeners.items()
        },
    )


def slow_render(scene, *, keep=frozenset()):
    time.sleep(0.15)
    return fake_render(scene, keep=keep)


def lethal_render(scene, *, keep=frozenset()):
    """Kill the worker of scene 5, as a system out of memory would."""
    if scene.index == 5:
        os.kill(os.getpid(), signal.SIGKILL)
    return fake_render(scene, keep=keep)


def faulty_render(scene, *, keep=frozenset()):
    """Fail on scene 2 as an infeasible scene does."""
    if scene.index == 2:
        raise GeometryError("microphone outside the room", where="table")
    return fake_render(scene, keep=keep)


def buggy_render(scene, *, keep=frozenset()):
    """Fail on scene 3 as only a bug does."""
    if scene.index == 3:
        raise ZeroDivisionError("a bug")
    return fake_render(scene, keep=keep)


def blocked_render(scene, *, keep=frozenset()):
    """Fail, telling which signals this process was started with blocked."""
    blocked = sorted(signal.pthread_sigmask(signal.SIG_BLOCK, set()))
    raise GeometryError(f"{scene.index} {sorted(keep)} {blocked}")


def environment_render(scene, *, keep=frozenset()):
    """Fail, telling the process's number and thread pins."""
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "PRA_NUM_THREADS")
    pins = ",".join(os.environ.get(name, "none") for name in names)
    raise GeometryError(f"{os.getpid()} {pins}", where=f"{scene.index} {sorted(keep)}")


def starved_render(scene, *, keep=frozenset()):
    """Limit the size of the files this worker may write, as a full disk does."""
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
    return fake_render(scene, keep=keep)


@dataclass(frozen=True)
class FakeSceneFile:
    """What a scene file looks like to a dataset."""

    name: str = "büro"
    text: str = "scene: 1\nname: büro\n"
    digests: tuple[tuple[str, str], ...] = ()

    def corpora(self):
        return dict(self.digests)

    def draw(self, *, seed, index):
        return make_scene(index, seed=seed)


def frozen_text(count):
    return "".join(make_scene(k, seed=None).to_json() + "\n" for k in range(count)).encode()


def files_of(directory):
    """Return the content of every file below a directory by relative name."""
    found = (path for path in Path(directory).rglob("*") if path.is_file())
    return {path.relative_to(directory).as_posix(): path.read_bytes() for path in found}


def arrays_of(recording):
    """Return every array of a recording by a name."""
    found = {}
    for kind in ("signals", "images", "noise", "responses"):
        found |= {f"{kind}/{name}": array for name, array in getattr(recording, kind).items()}
    for name, by_device in recording.ear_responses.items():
        found |= {f"ear_responses/{name}/{key}": array for key, array in by_device.items()}
    for name, labels in recording.labels.items():
        found |= {f"labels/{name}/{kind}": array for kind, array in vars(labels).items()}
    return found


def assert_same_recording(left, right):
    assert left.scene == right.scene
    ours, theirs = arrays_of(left), arrays_of(right)
    assert list(ours) == list(theirs)
    for name in ours:
        if ours[name] is None:
            assert theirs[name] is None, name
        else:
            assert ours[name].dtype == theirs[name].dtype, name
            assert ours[name].shape == theirs[name].shape, name
            assert ours[name].tobytes() == theirs[name].tobytes(), name
