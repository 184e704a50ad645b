"""The chat page: ask a database in English, see the SQL and the answer, correct and keep it.

    nlidb app          opens it, bound to this machine, without telemetry

The page itself is the package nlidb/page, which the installed package carries too.
"""

from __future__ import annotations

from nlidb.page.app import main

main()
