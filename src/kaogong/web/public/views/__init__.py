"""Views of the public desk: each translates a request, calls one service or selector, and renders."""
