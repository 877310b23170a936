"""Addresses and navigation of the station desk, one module a topic."""
