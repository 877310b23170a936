"""Whoever sits at the shell: the actor of deeds done there, and how their refusals are said."""

from __future__ import annotations

import getpass
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console

from kaogong.foundation.kernel.actors import Actor, service
from kaogong.foundation.kernel.refusals import Refusal

errors = Console(stderr=True)


def actor(*powers: str) -> Actor:
    """The shell at work with these powers; the login name and the machine stand in the trail."""
    who = os.environ.get("SUDO_USER") or getpass.getuser()
    return service(f"命令行 {who}@{socket.gethostname()}", *powers, door="shell")


@contextmanager
def refusals() -> Iterator[None]:
    """Say a refusal with what to do now, and end with exit code 1."""
    try:
        yield
    except Refusal as refusal:
        errors.print(f"[red]{refusal}[/red] {refusal.advice.format(**refusal.facts)}（{refusal.clause}）")
        raise typer.Exit(1) from refusal
