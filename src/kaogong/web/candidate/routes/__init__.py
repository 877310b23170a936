"""Addresses and navigation of the candidate desk, one module a topic."""
