"""How fast and how exact simgen is beside its peers, measured in turn in the same run."""
