"""What a deed has looked up it need not look up again: figures, clauses, rule tables, the parts of a standard.

A memory opens with the outermost command or with the request and ends with it. Nothing is kept between deeds or shared
between threads and processes, so a figure that somebody changed holds from the next deed on. Whoever writes what is
remembered calls `forget`, and a command that fails forgets by itself: what its rollback undid must not be remembered.
Without a memory every question is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar, cast

T = TypeVar("T")
_memory: ContextVar[dict[Hashable, object] | None] = ContextVar("memory of the deed", default=None)


@contextmanager
def memory() -> Iterator[None]:
    """Remember until the end of the block; inside another memory, until the end of that one."""
    if _memory.get() is not None:
        yield
        return
    token = _memory.set({})
    try:
        yield
    finally:
        _memory.reset(token)


def remembered(question: Hashable, look: Callable[[], T]) -> T:
    """The answer to `question` as this deed knows it, else what `look` finds. Answers must not be changed in place."""
    known = _memory.get()
    if known is None:
        return look()
    if question not in known:
        known[question] = look()
    return cast("T", known[question])


def forget() -> None:
    """Remember nothing of what was looked up so far: something that may be in it was written."""
    known = _memory.get()
    if known is not None:
        known.clear()
