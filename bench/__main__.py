"""`python -m bench [NAME …] [--size N]`: run benchmarks on a throw-away database of their own."""

from __future__ import annotations

import argparse
import os
import pkgutil
import tempfile
from importlib import import_module

import bench
import localpostgres

HARNESS = {"__main__", "timing", "database"}


def names() -> list[str]:
    """The benchmarks there are: every module of this package that has a `run(size)`."""
    return [found.name for found in pkgutil.iter_modules(bench.__path__) if found.name not in HARNESS]


def main() -> None:
    """Parse the command line, start a durable cluster (fsync on), prepare it, run."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=main.__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="which ones; all when none is named")
    parser.add_argument("--size", type=int, default=0, help="size of the work; 0 is each benchmark's own")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kaogong-bench-") as folder:
        os.environ["KAOGONG_VAR"] = folder
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kaogong.config.settings")
        with localpostgres.throwaway(
            settings={"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
        ) as cluster:
            cluster.create_database("kaogong")
            os.environ["DATABASE_URL"] = cluster.url("kaogong")
            from bench import database  # noqa: PLC0415  # reads the settings

            database.prepare()
            for name in asked.names or names():
                import_module(f"bench.{name}").run(asked.size)


if __name__ == "__main__":
    main()
