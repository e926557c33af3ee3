"""Start: without arguments the window, with arguments the command line, with a hidden one a child at work."""

from __future__ import annotations

import sys

from mlops_desk.kernel import child, endpoint


def main() -> None:
    """Be what the arguments ask for, and end with its exit code."""
    arguments = sys.argv[1:]
    if arguments[:1] == [child.HIDDEN_ARGUMENT] and len(arguments) == 2:
        raise SystemExit(child.serve(arguments[1]))
    if arguments == [endpoint.HIDDEN_ARGUMENT]:
        from mlops_desk.endpoints.serving import run as serve

        serve()
    if not arguments:
        window()
    from mlops_desk.cli.main import run

    raise SystemExit(run(arguments))


def window() -> None:
    """Open the window and end with its exit code."""
    from mlops_desk.gui.app import start

    raise SystemExit(start())


if __name__ == "__main__":
    main()
