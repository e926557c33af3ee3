"""Truth: signed lines in files that only one device writes, and the pure rules by which they count."""
