"""`python -m kaogong.cli`: the same as the `kaogong` command."""

from __future__ import annotations

from kaogong.cli.main import run

run()
