"""Blanks: numbered blank certificates in a double-entry ledger.

Owns where every blank serial (流水码) is: with which body, in stock, used, spoilt or destroyed. No serial is ever in
two places, none is lost, none is used again: the database itself refuses what the ledger does not explain.
"""
