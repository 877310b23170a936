"""Psychometrics for licensing tests: how good the items are, how fair the papers, how sure the cut.

Pure numerics on NumPy and SciPy: no database, no web, no clock. Everything begins with a `responses.Responses`; every
function says its formula, shapes, units, range and source; whatever is random takes a `numpy.random.Generator`.
`python -m psychometrics` runs each analysis on plain CSV files.
"""
