"""Runs one step inside the container: reads ``/in`` and ``/workspace``, writes ``/out``."""

import argparse
import signal
import sys
from pathlib import Path

from .run import run
from .step import StepError


def main() -> int:
    """Exit code 0 when the output is complete, 1 otherwise; the last line on stderr is then the reason."""
    parser = argparse.ArgumentParser(prog="analyser", description=__doc__)
    parser.add_argument("--workspace", type=Path, default=Path("/workspace"))
    parser.add_argument("--in", dest="input", type=Path, default=Path("/in"))
    parser.add_argument("--out", type=Path, default=Path("/out"))
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, _stop)
    try:
        run(arguments.workspace, arguments.input, arguments.out)
    except StepError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"cannot read the input or write the output: {error}", file=sys.stderr)
        return 1
    return 0


def _stop(*_: object) -> None:
    """Without a handler the first process of a container does not even notice that it is asked to stop."""
    raise StepError("stopped on request")


if __name__ == "__main__":
    sys.exit(main())
