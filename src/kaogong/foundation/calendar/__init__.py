"""Calendar: which days are worked, and when a deadline of so many working days falls due.

Owns a dated table of the State Council's notices. A deadline shows its arithmetic, and says *provisional* when it
leans on a year without a notice.
"""
