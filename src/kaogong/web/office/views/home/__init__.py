"""The office's home: what waits for this officer today, by the powers held."""

from __future__ import annotations

from kaogong.web.office.views.home.page import home
from kaogong.web.office.views.home.work import POWERS

__all__ = ["POWERS", "home"]
