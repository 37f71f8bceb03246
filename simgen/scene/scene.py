"""One concrete scene: what was drawn, as plain numbers in SI units."""

import math
from typing import Annotated, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from simgen.acoustics.responses import Engine
from simgen.acoustics.rotation import NO_TURN
from simgen.scene.channels import (
    Channels,
    HarmonicChannels,
    HeadChannels,
    MicrophoneChannels,
    MicrophoneErrors,
    Quaternion,
    SphereChannels,
)
from simgen.scene.device import Device
from simgen.scene.directivity import OMNI, Directivity
from simgen.scene.listener import Listener
from simgen.scene.record import Digest, GrownRecord, Point, Record

__all__ = [
    "Clip",
    "MicrophoneArray",
    "NoiseSignal",
    "Regions",
    "Room",
    "Scene",
    "SensorNoise",
    "Signal",
    "Source",
    "SpeechSignal",
]

Bands = tuple[float, ...]
Key = Annotated[str, Field(pattern="^[0-9a-f]{32}$")]


class Room(GrownRecord):
    """A box room with one corner at the origin.

    Attributes
    ----------
    size
        Length, width and height in m.
    absorption
        Energy absorption of the walls x=0, x=length, y=0, y=width, floor, ceiling, each in one
        band or in every octave band of the sample rate; 1 everywhere is the free field.
    air_absorption
        Energy attenuation of the air in 1/m, in one band or in every octave band.
    t60
        The reverberation time in s that the absorption was made for; 0 is anechoic.
    speed_of_sound
        In m/s.
    image_jitter
        Greatest displacement of an image source along each axis in m.
    jitter_seed
        What displacements are drawn from.
    """

    gained: ClassVar[tuple[str, ...]] = ("image_jitter", "jitter_seed")

    size: Point
    absorption: tuple[Bands, Bands, Bands, Bands, Bands, Bands]
    air_absorption: Bands = (0.0,)
    t60: float | None
    speed_of_sound: float
    image_jitter: float = 0.0
    jitter_seed: int = Field(default=0, ge=0)


class Regions(Record):
    """How the space around an array is divided into coarse regions.

    Attributes
    ----------
    sectors
        Number of equal azimuth sectors; the first begins at azimuth 0.
    ring_edges
        Inner borders between rings, as increasing distances in m; empty for a single ring.
    """

    sectors: int = Field(ge=1)
    ring_edges: tuple[float, ...] = ()


class MicrophoneArray(GrownRecord):
    """A microphone array at its place in the room.

    Attributes
    ----------
    position
        The array's centre in m in the room's frame.
    orientation
        Unit quaternion (w, x, y, z) that turns the array's frame into the room's.
    microphones
        Where each channel is said to be in m in the array's own frame.
    regions
        The region grid for labels, if one is asked for.
    channels
        What the channels are: omnidirectional microphones in the free field if nothing is said.
    errors
        How the microphones differ from what is said here; not at all if there are none.
    """

    gained: ClassVar[tuple[str, ...]] = ("channels", "errors")

    position: Point
    orientation: Quaternion
    microphones: tuple[Point, ...] = Field(min_length=1)
    regions: Regions | None = None
    channels: Channels = MicrophoneChannels()
    errors: MicrophoneErrors | None = None

    @model_validator(mode="after")
    def _errors_fit(self) -> Self:
        if self.errors is None:
            return self
        if not isinstance(self.channels, MicrophoneChannels):
            raise ValueError(f"{self.channels.kind} channels cannot have errors")
        if len(self.errors.gains) != len(self.microphones):
            raise ValueError(f"{len(self.microphones)} microphones do not fit the errors")
        return self

    @model_validator(mode="after")
    def _channels_fit(self) -> Self:
        count, channels = len(self.microphones), self.channels
        match channels:
            case HarmonicChannels(order=order):
                fits = count == (order + 1) ** 2
            case MicrophoneChannels(orientations=orientations):
                fits = len(orientations) in (0, count)
            case _:
                fits = count == 2 or isinstance(channels, SphereChannels)
                reaches = (math.hypot(*place) for place in self.microphones)
                fits &= all(math.isclose(r, channels.radius, rel_tol=1e-6) for r in reaches)
        if not fits:
            raise ValueError(f"{count} microphones do not fit {channels.kind} channels")
        return self

    @property
    def body_radius(self) -> float:
        """Radius in m of the sphere about its centre that scatters sound; 0 if there is none."""
        if isinstance(self.channels, SphereChannels | HeadChannels):
            return self.channels.radius
        return 0.0


class Clip(GrownRecord):
    """An utterance and where it begins.

    Attributes
    ----------
    file
        Path of the audio file relative to its corpus.
    onset
        First sample in the scene, at the scene's sample rate.
    num_samples
        Length at the scene's sample rate before cutting at the scene's end.
    sha256
        Digest of the audio file, where it must be the very one.
    """

    gained: ClassVar[tuple[str, ...]] = ("sha256",)

    file: str
    onset: int = Field(ge=0)
    num_samples: int = Field(ge=1)
    sha256: Digest | None = None


class SpeechSignal(Record):
    """Utterances of one talker from a corpus.

    Attributes
    ----------
    corpus
        ``shipped`` for the speech inside the package, else the folder as the scene file names it.
    talker
        The talker's name in the corpus.
    clips
        The utterances in order of onset.
    """

    kind: Literal["speech"] = "speech"
    corpus: str
    talker: str
    clips: tuple[Clip, ...]


class NoiseSignal(Record):
    """Stationary Gaussian noise.

    Attributes
    ----------
    color
        ``white`` (flat power density) or ``pink`` (falling as 1/f).
    key
        The key of its random generator.
    """

    kind: Literal["noise"] = "noise"
    color: Literal["white", "pink"]
    key: Key


Signal = Annotated[SpeechSignal | NoiseSignal, Field(discriminator="kind")]


class Source(GrownRecord):
    """A source at rest.

    Attributes
    ----------
    name
        Its group and number, such as ``talkers[0]``.
    position
        In m in the room's frame.
    level_db
        Active level of the dry signal; at 0 dB its active root mean square is 1, so that in
        the free field the direct sound in front of it at distance r has a root mean square of
        1 / (4 pi r).
    signal
        What it emits.
    directivity
        How what it emits depends on direction.
    orientation
        Unit quaternion (w, x, y, z) that turns its frame, in which it faces +x, into the room's.
    """

    gained: ClassVar[tuple[str, ...]] = ("directivity", "orientation")

    name: str
    position: Point
    level_db: float
    signal: Signal
    directivity: Directivity = OMNI
    orientation: Quaternion = NO_TURN


class SensorNoise(Record):
    """White noise of the microphones, independent between channels.

    Attributes
    ----------
    snr_db
        Mean power of all sources' images over that of the noise, over channels and time.
    key
        The key of its random generator.
    """

    snr_db: float
    key: Key


class Scene(GrownRecord):
    """One concrete acoustic scene.

    Attributes
    ----------
    scene
        Version of this record.
    name
        The scene file's name.
    seed, index
        What it was drawn with; None for scenes that were not drawn.
    sample_rate
        In Hz.
    num_samples
        Duration of the recording.
    label_hop
        Samples from one label frame to the next.
    engine
        What computes the responses.
    room, arrays, sources, sensor_noise
        What is in it.
    devices, listeners
        The loudspeakers, and who hears them; every listener hears every device.
    """

    gained: ClassVar[tuple[str, ...]] = ("devices", "listeners")

    scene: Literal[1] = 1
    name: str
    seed: int | None
    index: int
    sample_rate: int = Field(gt=0)
    num_samples: int = Field(gt=0)
    label_hop: int = Field(gt=0)
    engine: Engine = "simgen"
    room: Room
    arrays: dict[str, MicrophoneArray]
    sources: tuple[Source, ...]
    sensor_noise: SensorNoise | None = None
    devices: dict[str, Device] = Field(default_factory=dict)
    listeners: dict[str, Listener] = Field(default_factory=dict)

    def source_positions(self) -> NDArray[np.float64]:
        """Return the sources' positions in m, shape (source, 3)."""
        return np.array([source.position for source in self.sources], dtype=np.float64).reshape(
            -1, 3
        )
