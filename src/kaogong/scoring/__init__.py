"""Scoring: marks, results and rechecks.

Owns what the answers were worth. Each part stands alone, is never averaged with another and never rounded up to the
cut. Nothing is corrected in place: a recheck that finds an error makes a new mark and a new result.
"""
