from tests.evaluate.tiny_track import tiny

__all__ = ["tiny"]
