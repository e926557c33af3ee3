"""Bytes by their sha256: kept in private data, verified on first use, copied to the team where that is allowed."""
