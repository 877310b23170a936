"""Tests of the calendar."""  # noqa: A005  # named as its module is
