"""What the tests of unkey.py share: an SDK for each key, and plain HTTP beside it."""

import os
import urllib.request

from unkey_py import Unkey

BASE_URL = os.environ["BASE_URL"]
ROOT_KEY = os.environ["UNKEY_ROOT_KEY"]


def unkey(key):
    return Unkey(bearer_auth=key, server_url=BASE_URL)


# An SDK closes its connections when it is collected, so these stay whole:
# root.identities alone would not do.
root = unkey(ROOT_KEY)  # may do everything
reader = unkey(os.environ["READER_KEY"])  # may only read, in the same tenant
other = unkey(os.environ["OTHER_KEY"])  # may do everything in another tenant
nobody = unkey("hp_root_" + "x" * 26)
anonymous = unkey(None)  # sends no Authorization header


def plain_get(path):
    """The body of a GET as it came over the wire."""
    request = urllib.request.Request(
        BASE_URL + path, headers={"Authorization": f"Bearer {ROOT_KEY}"}
    )
    with urllib.request.urlopen(request, timeout=10) as response:
        return response.read().decode()
