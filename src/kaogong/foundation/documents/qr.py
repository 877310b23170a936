"""QR codes as drawings: sharp at any size, and a string of SVG for whoever wants one on a page or a screen."""

from __future__ import annotations

from io import BytesIO
from typing import Literal

import segno


def qr_svg(payload: str, *, error: Literal["l", "m", "q", "h"] = "m") -> bytes:
    """Return a QR code of `payload` as SVG, UTF-8, with the quiet zone of four modules that readers need.

    `error` is the level of correction: about 7, 15, 25 or 30 % of the code may be lost. Raises ValueError when the
    payload is longer than a QR code can hold. Source: ISO/IEC 18004.
    """
    drawing = BytesIO()
    segno.make(payload, error=error, micro=False, boost_error=False).save(
        drawing, kind="svg", xmldecl=False, border=4, dark="#1C2024", omitsize=True
    )
    return drawing.getvalue()
