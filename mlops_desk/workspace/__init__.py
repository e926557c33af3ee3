"""The one door: every face acts, asks and refreshes through a :class:`Workspace`, and has nothing else."""

from mlops_desk.workspace.door import Workspace
from mlops_desk.workspace.founding import Founder, found

__all__ = ["Founder", "Workspace", "found"]
