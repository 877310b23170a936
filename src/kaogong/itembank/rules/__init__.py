"""Judgements of the item bank: what an item, a blueprint, a paper and a row of a file must be. Pure."""
