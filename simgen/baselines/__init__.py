"""Reference systems that run on arrays."""
