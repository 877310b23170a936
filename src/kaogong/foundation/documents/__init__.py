"""Documents: a template and plain fields go in, the bytes of a PDF come out, the same on every machine.

Owns typesetting, the fonts and the look of every paper: tickets, sheets, lists, notices, certificates. Knows no
domain: `forms` says field by field what each paper shows, and whoever calls has already judged, masked and worded it.
`typesetting.typeset(form)` is the ordinary way in; `fonts.missing_glyphs(text)` tells beforehand what cannot print.
"""
