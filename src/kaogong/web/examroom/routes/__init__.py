"""Addresses and navigation of the examroom desk, one module a topic."""
