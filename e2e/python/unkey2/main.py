"""unkey.py 3.2.2, the newest, which speaks v2. It checks what it gets: a field that is
missing, null or of another type fails a test."""

import check

check.run(
    "paging",  # first, as it wants a tenant without identities
    "identities",
    "apis",
    "keys",
    "verify",
    "grants",
    "ratelimit",
    "migrations",
    "errors",
    "absent",
)
