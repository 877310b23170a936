"""The item bank in the office: who writes, reviews, approves, assembles and imports does it here."""
