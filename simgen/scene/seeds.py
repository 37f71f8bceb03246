"""Random generators by name, so that every quantity is drawn independently of all others."""

import hashlib
from dataclasses import dataclass, field
from numbers import Integral

import numpy as np

from simgen.errors import ParameterError

__all__ = ["Generators", "derived_key", "generator_from_key"]


def generator_from_key(key: str) -> np.random.Generator:
    """Return the generator of a 128-bit key.

    Parameters
    ----------
    key
        32 hexadecimal digits.

    Returns
    -------
    A generator on Philox 4x64 (J. K. Salmon et al., "Parallel random numbers: as easy as
    1, 2, 3", SC 2011), keyed with the first and second 64 bits.
    """
    words = np.array([int(key[:16], 16), int(key[16:], 16)], dtype=np.uint64)
    return np.random.Generator(np.random.Philox(key=words))


def derived_key(key: str, name: str) -> str:
    """Return the key of one of several quantities that share a key."""
    return hashlib.blake2b(f"{key}/{name}".encode(), digest_size=16).hexdigest()


@dataclass(frozen=True)
class Generators:
    """The generators of one scene, one for each named quantity.

    A quantity asked for again continues its own sequence, so that redrawing one quantity
    leaves the others as they were.

    Parameters
    ----------
    seed, index
        The dataset's seed and the scene's index: whole numbers, 0 or more.

    Raises
    ------
    ParameterError
        If the seed or the index is anything else.
    """

    seed: int
    index: int
    _by_path: dict[str, np.random.Generator] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        for name in ("seed", "index"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, Integral) or value < 0:
                raise ParameterError(
                    f"the {name} must be a whole number", value=value, allowed="0 or more"
                )
            object.__setattr__(self, name, int(value))

    def __str__(self) -> str:
        return f"scene {self.index}, seed {self.seed}"

    def key(self, path: str) -> str:
        """Return the key of the quantity at a dotted path: BLAKE2b of seed, index and path."""
        text = f"{self.seed}/{self.index}/{path}".encode()
        return hashlib.blake2b(text, digest_size=16).hexdigest()

    def at(self, path: str) -> np.random.Generator:
        """Return the generator of the quantity at a dotted path."""
        if path not in self._by_path:
            self._by_path[path] = generator_from_key(self.key(path))
        return self._by_path[path]
