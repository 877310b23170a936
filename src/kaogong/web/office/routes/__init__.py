"""Addresses and navigation of the office desk, one module a topic."""
