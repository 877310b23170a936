"""Tracks: the evaluation tracks and their rule tables.

Owns who may organise, sit and examine on each track and what certificate it ends in, as dated data.
"""
