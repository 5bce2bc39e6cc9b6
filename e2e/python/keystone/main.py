"""keystoneauth1 5.18.1, by which OpenStack's clients log in, with its password, token and
application-credential plugins."""

import check

check.run(
    "environment",
    "password",
    "tokens",
    "credentials",
    "refused",
)
