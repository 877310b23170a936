"""A lifecycle is a table of moves: which verb leads a record from which states to which.

Services ask `after`, pages draw their buttons from `open_to`, documentation draws `mermaid`: all from one table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from kaogong.foundation.kernel.refusals import WrongState


@dataclass(frozen=True, slots=True)
class Move:
    """One row of the table: `verb` leads from any of `sources` to `target`; `label` is the verb in Chinese."""

    verb: str
    label: str
    sources: tuple[str, ...]
    target: str


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """The states of one kind of record, in order, with their Chinese names, and the moves between them."""

    name: str
    title: str
    initial: str
    states: Mapping[str, str]
    moves: tuple[Move, ...]
    _index: dict[tuple[str, str], Move] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        for move in self.moves:
            for state in (*move.sources, move.target):
                if state not in self.states:
                    raise ValueError(f"{self.name}: move {move.verb!r} names an unknown state {state!r}")
            for source in move.sources:
                if (move.verb, source) in self._index:
                    raise ValueError(f"{self.name}: {move.verb!r} from {source!r} stands twice")
                self._index[move.verb, source] = move
        if self.initial not in self.states:
            raise ValueError(f"{self.name}: unknown initial state {self.initial!r}")

    def after(self, verb: str, state: str) -> str:
        """Return the state that `verb` leads to from `state`. Raises WrongState when there is no such move."""
        move = self._index.get((verb, state))
        if move is None:
            raise WrongState(title=self.title, state=self.states.get(state, state), move=self.label_of(verb))
        return move.target

    def label_of(self, verb: str) -> str:
        """The Chinese name of a verb. Raises LookupError for a verb that the table does not know."""
        for move in self.moves:
            if move.verb == verb:
                return move.label
        raise LookupError(f"{self.name} has no move {verb!r}")

    def open_to(self, state: str) -> tuple[Move, ...]:
        """The moves that lead on from `state`, in the table's order: a page draws its buttons from them."""
        return tuple(move for move in self.moves if state in move.sources)

    def choices(self) -> list[tuple[str, str]]:
        """Pairs (state, Chinese name), for a model field."""
        return list(self.states.items())

    def unreachable(self) -> frozenset[str]:
        """States that no path of moves reaches from the initial one; a sound table has none."""
        reached = {self.initial}
        while fresh := {move.target for move in self.moves if reached.intersection(move.sources)} - reached:
            reached |= fresh
        return frozenset(self.states) - reached

    def mermaid(self) -> str:
        """The table as a Mermaid state diagram."""
        return "\n".join(["stateDiagram-v2", *self._lines()])

    def _lines(self) -> Iterable[str]:
        for state, label in self.states.items():
            yield f"    {state}: {label}"
        yield f"    [*] --> {self.initial}"
        for move in self.moves:
            for source in move.sources:
                yield f"    {source} --> {move.target}: {move.label}"
