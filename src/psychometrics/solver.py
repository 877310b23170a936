"""The solver of linear and integer programs as the analyses use it: HiGHS, silent and on one thread."""

from __future__ import annotations

import highspy


class Solver(highspy.Highs):
    """HiGHS that prints nothing: highspy 1.16 greets on standard output while it is made, before any option."""

    def enableCallbacks(self) -> None:  # noqa: N802  # highspy's own hook
        self.setOptionValue("output_flag", False)
        self.setOptionValue("threads", 1)
        super().enableCallbacks()  # type: ignore[no-untyped-call]  # as highspy has it

    def solve(self) -> None:
        """Run on one thread, or on as many as the process began with: it has one scheduler, and that stands."""
        if self.run() == highspy.HighsStatus.kError:
            self.setOptionValue("threads", 0)
            self.run()


def solver() -> Solver:
    """A new solver."""
    return Solver()  # type: ignore[no-untyped-call]  # as highspy has it
