"""Benchmarks: each prints ratios against a peer or a limit in the same run, since the machines are noisy.

`make bench` runs them all; `python -m bench NAME [--size N]` runs one. Never a timed test.
"""
