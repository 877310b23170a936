"""Views of the office desk: each translates a request, calls one service or selector, and renders."""
