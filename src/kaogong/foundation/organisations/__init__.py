"""Organisations: the ministry, centres, industries, stations, enterprises and colleges, in one matrix.

Owns who stands under whom by territory and by industry, and the institution codes that certificates carry.
"""
