"""Arithmetic on data and models; knows no record, no journal and no window."""
