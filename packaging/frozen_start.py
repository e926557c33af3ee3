"""Runs first in the frozen program: what it starts (git, ssh, scripts of people) gets the system's libraries, not ours.

The loader of the frozen program points LD_LIBRARY_PATH at our folder and keeps what stood there beside it. The program
itself has read it by now; it starts itself again through the same loader.
"""

import os

_kept = os.environ.pop("LD_LIBRARY_PATH_ORIG", None)
if _kept is None:
    os.environ.pop("LD_LIBRARY_PATH", None)
else:
    os.environ["LD_LIBRARY_PATH"] = _kept
