"""The words of notices: one row for each event that a person is told of; short messages fit 70 characters.

Pure data. `{…}` are fields of the event or facts that downstream adds by `hooks.facts_with`; a field that is missing
is an error of ours and fails in a test, not before a candidate.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

Channel = Literal["sms", "mail"]
SMS_LENGTH = 70
"""Characters of one short message in Chinese (UCS-2), signature included."""
SIGNATURE = "【考工】"


@dataclass(frozen=True, slots=True)
class Template:
    """What is said about one event. `needs` are the fields that the words use beside those every event has."""

    event: str
    subject: str
    text: str
    channels: tuple[Channel, ...] = ("sms", "mail")

    def words(self, facts: Mapping[str, object]) -> str:
        """The text with the facts filled in, long ones shortened so that the message stays one message.

        Raises KeyError for a field that is missing.
        """
        plain = {key: spoken(key, value) for key, value in facts.items()}
        whole = SIGNATURE + self.text.format_map(plain)
        if len(whole) <= SMS_LENGTH:
            return whole
        for key in ("note", "reason"):
            if plain.get(key) and "{" + key + "}" in self.text:
                room = max(len(plain[key]) - (len(whole) - SMS_LENGTH) - 1, 4)
                plain[key] = plain[key][:room] + "…"
                return SIGNATURE + self.text.format_map(plain)
        return whole


def spoken(key: str, value: object) -> str:
    """A field as people say it: fen as yuan, days as 3月2日, the rest as it is."""
    if key == "fee" and isinstance(value, int):
        return f"{value // 100}.{value % 100:02d}元" if value % 100 else f"{value // 100}元"
    if isinstance(value, str) and len(value) >= 10 and value[4:5] == "-" and value[7:8] == "-":
        return _day(value)
    return "" if value is None else str(value)


def _day(text: str) -> str:
    try:
        day: date = datetime.fromisoformat(text)
    except ValueError:
        return text
    return f"{day.month}月{day.day}日"


TEMPLATES: tuple[Template, ...] = (
    Template("registration.submitted", "报名已提交", "报名{number}已提交，等待资格审核。结果将另行通知。", ("mail",)),
    Template("registration.admitted", "资格审核通过", "报名{number}资格审核通过，鉴定费{fee}，请按时缴费。"),
    Template("registration.refused", "资格审核未通过", "报名{number}资格审核未通过：{note}。可登录查看依据。"),
    Template("registration.reopened", "报名审核结论已撤销", "报名{number}的审核通过已撤销，正重新审核：{note}"),
    Template("registration.returned", "报名材料需补正", "报名{number}请于{correct_until}前登录补正：{note}"),
    Template("registration.fee_collected", "鉴定费已收", "报名{number}已收鉴定费{fee}。"),
    Template("registration.withdrawn", "报名已撤回", "报名{number}已撤回，名额已释放。"),
    Template("seating.ticket_published", "准考证已发布", "准考证已发布，请登录打印，按时带身份证和准考证到考场。"),
    Template("sittings.moved", "考试改期", "您报考的{from_day}场次改到{to_day}：{reason}。准考证将更新。"),
    Template("sittings.cancelled", "考试取消", "您报考的{held_on}场次已取消：{reason}。请登录办理改报或退费。"),
    Template("seating.ticket_changed", "准考证已变更", "您的准考证已变更，请登录重新打印，以新的准考证为准。"),
    Template("scoring.result_published", "成绩已公布", "成绩已公布，请登录查看。有异议请于{recheck_until}前申请复核。"),
    Template("scoring.result_corrected", "成绩已更正", "您的鉴定成绩经复核已更正，请登录查看新成绩和更正说明。"),
    Template("scoring.recheck_decided", "成绩复核已答复", "您申请的成绩复核已有答复，请登录查看。"),
    Template("scoring.objection_decided", "试题异议已裁定", "您对试题提出的异议已有裁定，请登录查看理由。"),
    Template("scoring.result_rescored", "成绩已重新评定", "因试题异议成立，您的成绩已重新评定，请登录查看。"),
    Template("certificates.issued", "证书已核发", "您的职业技能证书已核发，可登录查看，凭证书编号和姓名可公开查验。"),
    Template("certificates.replaced", "证书已补发", "您的证书已补发，原纸质证书作废，证书编号不变。"),
    Template("certificates.corrected", "证书已更正", "您的证书姓名已更正并换印，原纸质证书作废，证书编号不变。"),
    Template("certificates.suspended", "证书暂停", "您的证书已暂停使用，请登录查看依据和申诉办法。"),
    Template("certificates.resumed", "证书恢复", "您的证书已恢复使用。"),
    Template("certificates.revoked", "证书撤销", "您的证书已被撤销，请登录查看依据和申诉办法。"),
    Template("identity.name_corrected", "姓名已更正", "您登记的姓名已更正。如非本人申请，请立即联系鉴定机构。"),
    Template("access.person_claimed", "账号已绑定本人", "您的个人记录已与账号绑定。如非本人操作，请立即联系鉴定机构。"),
)  # fmt: skip


def template_for(event: str) -> Template | None:
    """The words for an event, or None when nobody is told of it."""
    return next((each for each in TEMPLATES if each.event == event), None)
