"""Desk navigation and routes, gathered from each desk's `routes/` modules, so that a topic brings its own door."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from types import ModuleType

from django.urls import URLPattern, URLResolver

from kaogong.foundation.kernel.actors import Actor


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry of a desk's navigation; shown to whoever holds `power` (anyone when it is empty)."""

    title: str
    route: str
    power: str = ""
    order: int = 100
    group: str = ""
    icon: str = ""


def _modules(desk: str) -> Iterator[ModuleType]:
    package = import_module(f"kaogong.web.{desk}.routes")
    for found in sorted(pkgutil.iter_modules(package.__path__), key=lambda each: each.name):
        yield import_module(f"{package.__name__}.{found.name}")


def routes_of(desk: str) -> list[URLPattern | URLResolver]:
    """All addresses of a desk, from the `urlpatterns` of its routes modules."""
    return [pattern for module in _modules(desk) for pattern in module.urlpatterns]


@cache
def _items(desk: str) -> tuple[NavItem, ...]:
    items = [item for module in _modules(desk) for item in getattr(module, "nav", [])]
    return tuple(sorted(items, key=lambda item: (item.order, item.title)))


def navigation_of(desk: str, actor: Actor) -> list[NavItem]:
    """The entries of a desk that this actor may use, in order."""
    return [item for item in _items(desk) if not item.power or actor.holds(item.power)]
