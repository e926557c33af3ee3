"""The mirror of mlops_desk, and what looks at the house as a whole."""
