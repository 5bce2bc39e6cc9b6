"""python-barbicanclient 7.6.0, which asks for the newest microversion that the server has."""

import check

check.run(
    "logins",
    "storing",
    "listing",
    "containing",
    "sharing",
    "ordering",
    "refused",
    "lending",
    "metadata",
    "microversions",
)
