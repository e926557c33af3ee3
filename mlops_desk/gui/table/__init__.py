"""The one table of the window, in its parts."""
