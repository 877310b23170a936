"""Why something about an account or a post is refused."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from kaogong.foundation.kernel.clauses import Clause
from kaogong.foundation.kernel.refusals import Refusal

HOUSE = "kaogong-access-rules"


class LoginMissing(Refusal):
    """An account needs a login name, a phone or a mail address."""

    message = _("请至少填写登录名、手机号码、邮箱中的一项。")
    clause = Clause(HOUSE, "accounts")
    field = "phone"


class LoginTaken(Refusal):
    """Another account signs in with this name, phone or mail."""

    message = _("该{what}已有账号使用。")
    advice = _("如果是您本人的账号，请直接登录或找回密码。")
    clause = Clause(HOUSE, "accounts")


class ContactUnsound(Refusal):
    """The phone or mail address is not one."""

    message = _("{what}不正确。")
    advice = _("内地手机号码 11 位；境外号码请写国家（地区）代码，如 +852。")
    clause = Clause(HOUSE, "accounts")


class PasswordWeak(Refusal):
    """The password does not meet the policy; the message lists in what."""

    message = _("密码不符合要求：{faults}")
    advice = _("至少 10 位，不用常见密码，不含本人姓名或号码，不全是数字。")
    clause = Clause(HOUSE, "passwords")
    field = "password"


class RoleUnknown(Refusal):
    """No role of that name is in force on the day the term begins."""

    message = _("没有“{role}”这个岗位。")
    clause = Clause(HOUSE, "roles")
    field = "role"


class RoleNotHere(Refusal):
    """The role does not exist in a body of this kind."""

    message = _("“{organisation}”不设“{title}”岗位。")
    advice = _("请核对机构，或选择该类机构设置的岗位。")
    clause = Clause(HOUSE, "roles")
    field = "role"


class RolesApart(Refusal):
    """The one who would get this post holds another that must be kept apart from it."""

    message = _("{name}在此期间任“{held}”，不能同时任“{title}”。")
    advice = _("不相容的岗位须由不同的人担任；请先结束原岗位，或另选人员。")
    clause = Clause(HOUSE, "separation")
    field = "role"


class TermImpossible(Refusal):
    """The term ends before it begins, or lies outside the post's term."""

    message = _("任期起止日期不合理：{since} 至 {until}。")
    clause = Clause(HOUSE, "terms")
    field = "until"


class PostHeldAlready(Refusal):
    """The account holds the same post in the same body during these days."""

    message = _("该账号在此期间已任本机构的“{title}”。")
    clause = Clause(HOUSE, "terms")
    field = "since"


class PostOver(Refusal):
    """The post has ended."""

    message = _("该岗位的任期已于 {until} 结束。")
    clause = Clause(HOUSE, "terms")


class DeputyIsHolder(Refusal):
    """Nobody stands in for themselves."""

    message = _("代理人不能是岗位本人。")
    clause = Clause(HOUSE, "deputies")
    field = "account"


class DeputyThere(Refusal):
    """Somebody else stands in during these days."""

    message = _("该岗位在此期间已有代理人。")
    advice = _("请先收回原来的代理，再另行指定。")
    clause = Clause(HOUSE, "deputies")
    field = "since"


class ReasonMissing(Refusal):
    """A deed of this kind needs its reason."""

    message = _("请写明事由，至少 {least} 个字。")
    advice = _("事由将记入审计日志。")
    clause = Clause(HOUSE, "reasons")
    field = "reason"


class NoMatch(Refusal):
    """No record fits number and name together; said alike whether the number is unknown or the name differs."""

    message = _("没有找到证件与姓名都相符的记录。")
    advice = _("请核对证件类型、号码和姓名。仍不相符的，请向为您报名的院校或鉴定机构查询。")
    clause = Clause(HOUSE, "claims")


class TooManyTries(Refusal):
    """Too many failed attempts at claiming a record within the period."""

    message = _("核对失败次数过多，请 {hours} 小时后再试。")
    advice = _("急需办理的，请携带证件到鉴定机构核验。")
    clause = Clause(HOUSE, "claims")


class PersonTaken(Refusal):
    """The record is claimed by another account."""

    message = _("该记录已被另一个账号认领。")
    advice = _("如不是您本人的账号，请携带证件到所在地鉴定机构申诉，核验后由管理员处理。")
    clause = Clause(HOUSE, "claims")


class ClaimedAlready(Refusal):
    """This account has claimed a person before; an account is one human being's."""

    message = _("本账号已认领了人员记录，不能再认领另一条。")
    clause = Clause(HOUSE, "claims")


class NoSecondFactor(Refusal):
    """There is no second factor to take away."""

    message = _("该账号没有设置双重验证。")
    clause = Clause(HOUSE, "second-factor")


class NotOneself(Refusal):
    """Officers do not take such a measure on their own account."""

    message = _("不能对自己的账号办理此事，请由另一位管理员办理。")
    clause = Clause(HOUSE, "separation")
