"""Rows as Qt's tables want them."""
