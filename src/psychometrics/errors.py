"""What can be wrong with the numbers given, by name: a wrong answer is never returned quietly."""

from __future__ import annotations


class PsychometricsError(ValueError):
    """Base of every error of this package; its text is fit to show to whoever brought the numbers."""


class WrongShape(PsychometricsError):
    """Arrays that should belong together have different shapes."""


class WrongValue(PsychometricsError):
    """A value outside of its range: a score above the item's most, a probability above one, a negative count."""


class TooFew(PsychometricsError):
    """Too few persons, items or groups for what was asked."""


class EmptyGroup(TooFew):
    """A group that was named has no person in it."""


class ConstantItem(PsychometricsError):
    """An item that everybody answered alike, where the method needs it to differ."""


class NotConverged(PsychometricsError):
    """An iteration ended at its limit before it met its own criterion."""


class Disconnected(PsychometricsError):
    """Parts of the data that nothing links, where the method compares them."""


class Infeasible(PsychometricsError):
    """Demands that cannot be met together."""


class UnreadableFile(PsychometricsError):
    """A file that is not what it should be: says the line and the column."""
