"""The window: the only house in which Qt lives."""
