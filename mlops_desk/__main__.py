"""Start: without arguments the window, with arguments the command line, with a hidden one a child at work."""

from __future__ import annotations

import sys

from mlops_desk.kernel import child
from mlops_desk.kernel.address import SCHEME


def main() -> None:
    """Be what the arguments ask for, and end with its exit code."""
    arguments = sys.argv[1:]
    if arguments[:1] == [child.HIDDEN_ARGUMENT] and len(arguments) == 2:
        raise SystemExit(child.serve(arguments[1]))
    if arguments == [child.SERVE_ARGUMENT]:
        from mlops_desk.endpoints.serving import run as serve

        serve()
    if arguments[:1] == [child.CREDENTIAL_ARGUMENT] and len(arguments) == 2:
        from mlops_desk.sync.credentials import answer

        sys.stdout.write(answer(arguments[1], sys.stdin.read()))
        raise SystemExit
    if arguments[:1] == [child.WINDOW_ARGUMENT] and len(arguments) in (2, 3):
        window(*arguments[1:])
    if len(arguments) == 1 and arguments[0].startswith(SCHEME):  # as a desktop starts it for an address
        window("", arguments[0])
    if not arguments:
        window()
    from mlops_desk.cli.main import run

    raise SystemExit(run(arguments))


def window(folder: str = "", address: str = "") -> None:
    """Open the window, on a project folder or at an address if one is given, and end with its exit code."""
    from mlops_desk.gui.app import start

    raise SystemExit(start(folder, address=address))


if __name__ == "__main__":
    main()
