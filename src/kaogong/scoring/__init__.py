"""Scoring: marks, results and rechecks.

Owns what the answers were worth. Each part stands alone; a correction makes a new result.
"""
