"""Why something about a person is refused: one class each, with the form field at fault."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_noop as _

from kaogong.foundation.identity import rules
from kaogong.foundation.kernel.clauses import Clause
from kaogong.foundation.kernel.refusals import Refusal

GB_11643 = "gb-11643-1999"
HOUSE = "kaogong-identity-rules"


class NumberLengthWrong(Refusal):
    """The identity number has neither 18 nor 15 characters."""

    message = _("居民身份证号码应为 18 位（旧号码 15 位），您填写了 {length} 位。")
    advice = _("请对照证件逐位核对。")
    clause = Clause(GB_11643, "4")
    field = "document_number"


class NumberCharactersWrong(Refusal):
    """The identity number holds something other than digits and a closing X."""

    message = _("居民身份证号码只能由数字组成，最后一位可以是 X。")
    advice = _("请去掉空格以外的其他字符。")
    clause = Clause(GB_11643, "4")
    field = "document_number"


class CheckDigitWrong(Refusal):
    """The check character does not fit the digits before it: something was mistyped."""

    message = _("号码的最后一位校验码“{given}”与前面各位不符，号码有误。")
    advice = _("多为抄错一位或相邻两位颠倒，请对照证件核对。")
    clause = Clause(GB_11643, "4.3")
    field = "document_number"


class BirthDateImpossible(Refusal):
    """The number names a day that no calendar has."""

    message = _("号码中的出生日期 {birth} 不存在。")
    advice = _("请核对号码中表示出生日期的几位。")
    clause = Clause(GB_11643, "4.2")
    field = "document_number"


class BirthDateInFuture(Refusal):
    """The number names a day that has not come yet."""

    message = _("号码中的出生日期 {birth} 还没有到。")
    advice = _("请核对号码中表示出生日期的几位。")
    clause = Clause(GB_11643, "4.2")
    field = "document_number"


class DocumentKindUnknown(Refusal):
    """A kind of document that the application form does not know."""

    message = _("没有“{given}”这种证件类型。")
    advice = _("请从列表中选择证件类型。")
    clause = Clause(HOUSE, "documents")
    field = "document_kind"


class DocumentShapeWrong(Refusal):
    """The number is not shaped like one of its kind."""

    message = _("证件号码与所选证件类型的样式不符。")
    advice = _("样式如：{example}。请核对证件类型和号码。")
    clause = Clause(HOUSE, "documents")
    field = "document_number"


class NameMissing(Refusal):
    """No name, or nothing in it that is a letter."""

    message = _("请填写姓名。")
    advice = _("姓名与证件一致；一个字的姓名也可以。")
    clause = Clause(HOUSE, "names")
    field = "name"


class NameTooLong(Refusal):
    """A name longer than the longest that documents print."""

    message = _("姓名过长，最多 {longest} 个字符。")
    advice = _("请与证件核对；外文姓名过长的，按证件机读区填写。")
    clause = Clause(HOUSE, "names")
    field = "name"


class NameCharacterWrong(Refusal):
    """The name holds a digit, a sign or a private character."""

    message = _("姓名中不能有“{character}”（{code}）。")
    advice = _("间隔号请用“·”；生僻字请用国家标准 GB 18030 的编码输入，不要用造字。")
    clause = Clause(HOUSE, "names")
    field = "name"


class PhoneUnsound(Refusal):
    """Not a mobile number."""

    message = _("手机号码不正确。")
    advice = _("内地号码 11 位；境外号码请写国家（地区）代码，如 +852。")
    clause = Clause(HOUSE, "contacts")
    field = "phone"


class AddressUnsound(Refusal):
    """Not a mail address."""

    message = _("邮箱地址不正确。")
    advice = _("请核对，如 name@example.org。")
    clause = Clause(HOUSE, "contacts")
    field = "mail"


class SexMissing(Refusal):
    """The document does not tell the sex, so the form must."""

    message = _("此类证件号码不含性别，请选择性别。")
    clause = Clause(HOUSE, "documents")
    field = "sex"


class BirthDateMissing(Refusal):
    """The document does not tell the date of birth, so the form must."""

    message = _("此类证件号码不含出生日期，请填写出生日期。")
    clause = Clause(HOUSE, "documents")
    field = "born_on"


class SexDisagrees(Refusal):
    """The sex stated is not the one that the identity number tells."""

    message = _("所填性别与身份证号码不一致。")
    advice = _("性别以证件为准，请核对性别和号码。")
    clause = Clause(GB_11643, "4.3")
    field = "sex"


class BirthDateDisagrees(Refusal):
    """The date of birth stated is not the one that the identity number tells."""

    message = _("所填出生日期与身份证号码不一致。")
    advice = _("出生日期以证件为准，请核对。")
    clause = Clause(GB_11643, "4.2")
    field = "born_on"


class PersonExists(Refusal):
    """The document already belongs to someone entered before; an old 15-digit number is its 18-character form."""

    message = _("该证件号码已有人员记录（{masked}），不能重复录入。")
    advice = _("请使用已有记录；15 位旧号码与升位后的 18 位号码视为同一人。姓名不符的，凭证明办理更正。")
    clause = Clause(HOUSE, "once")
    field = "document_number"

    def __init__(self, *, person_id: UUID, masked: str, is_same_name: bool) -> None:
        super().__init__(person_id=str(person_id), masked=masked)
        self.person_id = person_id
        self.is_same_name = is_same_name


class ReasonTooShort(Refusal):
    """A reason that tells an auditor nothing."""

    message = _("请写明事由，至少 {least} 个字。")
    advice = _("事由将与您的姓名、时间一并记入审计日志。")
    clause = Clause(HOUSE, "reveal")
    field = "reason"


class ProofMissing(Refusal):
    """A legal name changes only on the strength of a document."""

    message = _("更正姓名须注明所依据的证明。")
    advice = _("如：户口簿姓名变更页及其编号。")
    clause = Clause(HOUSE, "names")
    field = "document"


class SameName(Refusal):
    """The corrected name is the name that stands already."""

    message = _("更正后的姓名与现有姓名相同。")
    clause = Clause(HOUSE, "names")
    field = "name"


class MergingWithItself(Refusal):
    """A record cannot be merged into itself."""

    message = _("不能把一条记录并入它自己。")
    clause = Clause(HOUSE, "merge")


class AlreadyMerged(Refusal):
    """The record has already been merged into another."""

    message = _("这条记录已经并入另一条记录。")
    advice = _("请打开合并后的记录。")
    clause = Clause(HOUSE, "merge")


OF_FAULT: dict[str, type[Refusal]] = {
    "length": NumberLengthWrong,
    "characters": NumberCharactersWrong,
    "check-digit": CheckDigitWrong,
    "birth-impossible": BirthDateImpossible,
    "birth-in-future": BirthDateInFuture,
    "kind": DocumentKindUnknown,
    "shape": DocumentShapeWrong,
    "name-empty": NameMissing,
    "name-too-long": NameTooLong,
    "name-character": NameCharacterWrong,
    "phone": PhoneUnsound,
    "mail": AddressUnsound,
}


def refusal_of(fault: rules.Fault) -> Refusal:
    """The refusal that says a fault of the rules in words."""
    refusal = OF_FAULT[fault.kind]()
    refusal.facts = dict(fault.facts)
    return refusal
