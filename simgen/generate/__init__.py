"""Many scenes, many processes, one dataset."""
