"""What the sign-in pages say of an account: contacts masked, and whether a second factor is asked for."""

from __future__ import annotations

from django import template

from kaogong.foundation.access import selectors

register = template.Library()


@register.filter
def masked_login(value: str) -> str:
    """A phone number or mail address with its middle hidden."""
    return selectors.masked_login(str(value or ""))


@register.simple_tag
def second_factor_required() -> bool:
    """Whether posts act only with a second factor here."""
    return selectors.is_second_factor_required()
