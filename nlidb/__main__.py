"""``python -m nlidb``: the same as the ``nlidb`` command."""

from __future__ import annotations

import sys

from nlidb.cli import main

if __name__ == "__main__":
    sys.exit(main())
