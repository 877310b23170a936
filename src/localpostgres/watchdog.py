"""Watchdog: waits until the process that made a throwaway cluster is gone, then clears the cluster away.

Run as `python -m localpostgres.watchdog <place>` with a pipe from that process on standard input.
"""

from __future__ import annotations

import os
import select
import sys
from pathlib import Path

from localpostgres.throwaway import clear

_LOOK_SECONDS = 2.0


def watch(place: Path) -> None:
    """Block until standard input ends or the parent has changed, then clear `place`.

    The pipe alone would not do: a forked child of the parent may hold its other end long after the parent's death.
    """
    parent = os.getppid()
    while os.getppid() == parent:
        readable, _, _ = select.select([sys.stdin], [], [], _LOOK_SECONDS)
        if readable and not os.read(sys.stdin.fileno(), 64):
            break
    clear(place)


if __name__ == "__main__":
    watch(Path(sys.argv[1]))
