"""The kernel: who acts, what a deed is, what may follow what, and how a deed is refused.

Owns no tables. Knows the trail only as a port that `audit` fills at start-up; without it no command runs.
Everything but `commands`, `scope` and `records` is pure Python.
"""
