"""Views of the station desk: each translates a request, calls one service or selector, and renders."""
