"""Calibration: what sealed answers say of items, reported to the item bank.

Owns runs: which answers were taken, which model was fitted, the digest of the matrix, and a report; a run never
changes. What it learns of an item goes upstream by the bank's own service; figures and flags are judged there.
Words: *run* 定标, *trial* 试测, *live* 在用监测, *fixed-parameter calibration* 固定参数定标.
"""
