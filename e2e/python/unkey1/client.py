"""What the tests of unkey.py 0.10.0 share: an SDK for each key, and plain HTTP beside it."""

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
    with urllib.request.urlopen(request, timeout=60) as response:
        return response.read().decode()


def pages(list_page, name, **arguments):
    """How many items each page of a list has, and all items."""
    sizes, items, cursor = [], [], None
    while not sizes or cursor is not None:
        page = list_page(cursor=cursor, **arguments)
        sizes.append(len(getattr(page, name)))
        items += getattr(page, name)
        cursor = page.cursor
    return sizes, items


def new_api(name):
    return root.apis.create(request={"name": name}).object.api_id


def new_key(api_id, **fields):
    """A key's id and the key."""
    made = root.keys.create(request={"api_id": api_id, **fields}).object
    return made.key_id, made.key


def verify(key, **fields):
    """The verdict on a key, which v1 gives to anybody."""
    request = {"key": key, **fields}
    return anonymous.keys.verify(request=request).v1_keys_verify_key_response
