"""The parts of the practice, one folder each, in the order of a model's life; each looks left only."""
