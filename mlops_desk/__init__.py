"""MLOps Desk: a team's MLOps practice in a folder, without a server."""

__version__ = "0.1.0"
