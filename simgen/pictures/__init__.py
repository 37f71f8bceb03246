"""Arrays in, figures out; matplotlib comes with the extra ``plot``."""
