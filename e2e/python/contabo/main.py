"""pfruck-contabo 2.0.0 over the twelve operations on users. It checks what it gets: a number
that is a string, a boolean that is missing or a name that is empty fails a test."""

import check

check.run(
    "tokens",
    "users",
    "lists",
    "mails",
    "secret",
    "credentials",
    "refused",
    "absent",
    "doors",
)
