"""unkey.py 0.10.0, the last that speaks v1. It checks what it gets: a field that is
missing, null or of another type fails a test."""

import check

check.run(
    "paging",  # first, as it wants a tenant without identities
    "identities",
    "apis",
    "keys",
    "verify",
    "grants",
    "ratelimits",
    "migrations",
    "errors",
    "absent",
)
