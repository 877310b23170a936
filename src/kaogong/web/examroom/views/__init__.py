"""Views of the examroom desk: each translates a request, calls one service or selector, and renders."""
