"""Views of the candidate desk: each translates a request, calls one service or selector, and renders."""
