"""A refusal says what could not be done, why, by which clause, and what to do now.

One class for each refusal, beside the service that raises it. The message is a Chinese template (marked for
translation with `gettext_noop`); doors translate it and fill in the facts, and never invent their own.
"""

from __future__ import annotations

from typing import ClassVar

from kaogong.foundation.kernel.clauses import Clause

HOUSE = "kaogong-house-rules"


class Refusal(Exception):
    """A deed that the rules do not allow. Subclasses set `message`, `clause` and, where there is one, `advice`.

    `clause` given at raising time wins: the clause of dated data is known only then.
    """

    message: ClassVar[str]
    advice: ClassVar[str] = ""
    clause: Clause = Clause(HOUSE, "records")
    field: str = ""
    """The form field at fault, when there is one."""

    def __init__(self, *, clause: Clause | None = None, field: str = "", **facts: object) -> None:
        super().__init__()
        self.facts = facts
        if clause is not None:
            self.clause = clause
        if field:
            self.field = field

    def __str__(self) -> str:
        return self.message.format(**self.facts)

    @property
    def code(self) -> str:
        """A stable name for logs, statistics and the API: `registration.NotEligible`."""
        parts = [part for part in type(self).__module__.split(".") if part not in {"kaogong", "foundation", "services"}]
        return ".".join([*parts[:1], type(self).__name__])


class NotPermitted(Refusal):
    """The actor may see the record but does not hold the power that the deed asks for."""

    message = "您没有办理此事的权限（{power}）。"
    advice = "请联系本机构管理员，确认您的岗位职责与任期。"
    clause = Clause(HOUSE, "powers")


class NotFound(Refusal):
    """No such record in the actor's reach; said in the same words whether it exists elsewhere or not at all."""

    message = "没有找到这条记录。"
    advice = "请核对编号；如不属于您的管辖范围，系统不会显示。"
    clause = Clause(HOUSE, "scope")


class WrongState(Refusal):
    """The record is not in a state from which this move leads on; often someone else was faster."""

    message = "“{title}”当前为“{state}”，不能{move}。"
    advice = "请刷新页面查看最新状态；可能已由他人办理。"
    clause = Clause(HOUSE, "lifecycles")
