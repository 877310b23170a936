"""Template tags of the shared interface."""
