"""Words that all floors share; needs nothing but the standard library and msgspec."""
