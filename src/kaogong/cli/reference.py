"""Loads the reference data that the product ships, in the river's order. Loading again changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from importlib import import_module

from kaogong.foundation.kernel.actors import Actor, service
from kaogong.foundation.signing import custody
from kaogong.foundation.signing import services as keys

MODULES = (
    "kaogong.foundation.calendar",
    "kaogong.foundation.regions",
    "kaogong.foundation.organisations",
    "kaogong.foundation.access",
    "kaogong.regulations",
    "kaogong.occupations",
    "kaogong.standards",
    "kaogong.itembank",
    "kaogong.tracks",
)
LOADER = service("参考数据", "reference.load", door="shell")
INSTALLER = service("安装", keys.TURN, door="shell")
Load = Callable[..., object]


def loaders() -> Iterator[tuple[str, Load]]:
    """Each module that ships reference data, with its `services.load_reference`."""
    for module in MODULES:
        load = getattr(import_module(f"{module}.services"), "load_reference", None)
        if load is not None:
            yield module.rsplit(".", 1)[-1], load


def load(*, at: datetime, actor: Actor = LOADER, each: Callable[[str], None] = lambda name: None) -> None:
    """Load everything; `each` is called with a module's name before its turn.

    An empty database gets its keys first: what is loaded is signed and sealed. Raises KeysUnusable when one in use
    lacks a key.
    """
    if custody.is_in_use():
        custody.check()
    elif custody.missing():
        keys.make(actor=INSTALLER, at=at, reason="空库初始化")
    for name, load_reference in loaders():
        each(name)
        load_reference(actor=actor, at=at)
