"""Addresses and navigation of the public desk, one module a topic."""
