"""``python -m simgen``."""

from simgen.cli import main

main()
