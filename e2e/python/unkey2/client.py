"""What the tests of unkey.py 3.2.2 share: an SDK for each key."""

import os

from unkey.py import Unkey


def unkey(key=None):
    return Unkey(root_key=key, server_url=os.environ["BASE_URL"])


# An SDK closes its connections when it is collected, so these stay whole:
# root.identities alone would not do.
root = unkey(os.environ["UNKEY_ROOT_KEY"])  # may do everything
reader = unkey(os.environ["READER_KEY"])  # may only read identities, in the same tenant
other = unkey(os.environ["OTHER_KEY"])  # may do everything in another tenant
nobody = unkey("hp_root_" + "x" * 26)
anonymous = unkey()  # sends no Authorization header


def pages(response):
    """How many items each page of a list has, and all items."""
    sizes, items = [], []
    while response is not None:
        page = response.result.pagination
        assert page.has_more == (page.cursor is not None), page
        sizes.append(len(response.result.data))
        items += response.result.data
        response = response.next()
    return sizes, items


def new_api(name):
    return root.apis.create_api(name=name).data.api_id


def new_key(api_id, **fields):
    """A key's id and the key."""
    made = root.keys.create_key(api_id=api_id, **fields).data
    return made.key_id, made.key


def verify(key, **fields):
    """The verdict on a key."""
    return root.keys.verify_key(key=key, **fields).data


def code(key, **fields):
    return verify(key, **fields).code
