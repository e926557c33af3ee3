"""Derived: rows made from the changes that count, in a DuckDB file that can be deleted at any time."""
