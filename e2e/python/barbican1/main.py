"""python-barbicanclient 5.4.0, which Debian 12 has. It knows no microversions."""

import check

check.run(
    "logins",
    "storing",
    "listing",
    "containing",
    "sharing",
    "ordering",
    "refused",
)
