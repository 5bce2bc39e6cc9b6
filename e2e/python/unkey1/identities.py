"""The five identity operations through unkey.py 0.10.0.

The SDK asks with Accept: application/json and sends field names in camel case whatever
the caller writes, text outside ASCII as \\u escapes, null inside meta, but no field that
is None. It adds "environment":"default" to every update and environment=default&limit=100
to every list; a space in a query is a plus.
"""

import json
import unittest

from client import other, plain_get, reader, root
from unkey_py import models

META = {
    "nested": {"list": [{"deeper": [[], {}, [{"a": {"b": {"c": 1}}}]]}]},
    "array": [1, "two", None, True, False, 3.5, -0.25],
    "null": None,
    "": "empty key",
    "unicode": "Zoë 日本 🔑 \u2028 \\ / \"quoted\" <html>&",
    "beyond double": 2**53 + 1,
    "ten": 10,
    "ten point zero": 10.0,
}
TOKENS = {"name": "tokens", "limit": 10, "duration": 1000}
LARGE = {"name": "large", "limit": 2**53 - 1, "duration": 2**53 - 1}


def limits(ratelimits):
    """Rate limits by name, as the requests spell them."""
    return {r.name: r.model_dump() for r in ratelimits}


class Operations(unittest.TestCase):
    def create(self, external_id, **fields):
        res = root.identities.create(request={"external_id": external_id, **fields})
        self.assertRegex(res.object.identity_id, "^id_")
        return res.object.identity_id

    def test_get_by_either_id(self):
        mine = self.create("get-mine", meta={"a": 1}, ratelimits=[TOKENS, LARGE])
        self.create("get-other")
        for ids in (
            {"identity_id": mine},
            {"external_id": "get-mine"},
            {"identity_id": mine, "external_id": "get-other"},
        ):
            with self.subTest(ids):
                got = root.identities.get(**ids).object
                self.assertEqual((got.id, got.external_id), (mine, "get-mine"))
                self.assertEqual(got.meta, {"a": 1})
                self.assertEqual(limits(got.ratelimits), {"tokens": TOKENS, "large": LARGE})

    def test_external_id_of_any_characters(self):
        external_id = "zoë+1@example.com/a b?c=d&e#f%2F😀"
        mine = self.create(external_id)
        got = root.identities.get(external_id=external_id).object
        self.assertEqual((got.id, got.external_id), (mine, external_id))

    def test_absent_fields_read_back_empty(self):
        self.create("bare")
        got = root.identities.get(external_id="bare").object
        self.assertEqual((got.meta, got.ratelimits), ({}, []))

    def test_meta_returns_as_it_was_given(self):
        self.create("meta", meta=META)
        got = root.identities.get(external_id="meta").object.meta
        self.assertEqual(got, META)
        self.assertIs(type(got["ten"]), int)
        self.assertIs(type(got["ten point zero"]), float)
        sent = json.dumps(META, separators=(",", ":"))  # the SDK's own encoding
        self.assertIn(f'"meta":{sent}', plain_get("/v1/identities.getIdentity?externalId=meta"))

    def test_identical_ratelimits_count_once(self):
        self.create("fold", ratelimits=[TOKENS, TOKENS])
        got = root.identities.get(external_id="fold").object
        self.assertEqual([r.model_dump() for r in got.ratelimits], [TOKENS])

    def update(self, **request):
        """Updates, and checks that the answer is what a get returns then."""
        updated = root.identities.update(request=request).object
        got = root.identities.get(identity_id=updated.id).object
        self.assertEqual(updated.model_dump(), got.model_dump())
        return updated

    def test_update_replaces_only_what_is_present(self):
        mine = self.create("update", meta={"a": 1, "b": 2}, ratelimits=[TOKENS])
        got = self.update(identity_id=mine, meta={"c": 3})
        self.assertEqual((got.meta, limits(got.ratelimits)), ({"c": 3}, {"tokens": TOKENS}))
        got = self.update(external_id="update", ratelimits=[LARGE])
        self.assertEqual((got.meta, limits(got.ratelimits)), ({"c": 3}, {"large": LARGE}))
        got = self.update(identity_id=mine)
        self.assertEqual((got.meta, limits(got.ratelimits)), ({"c": 3}, {"large": LARGE}))
        got = self.update(identity_id=mine, external_id="someone-else", meta={})
        self.assertEqual((got.id, got.meta, limits(got.ratelimits)), (mine, {}, {"large": LARGE}))

    def test_update_matches_ratelimits_by_name(self):
        mine = self.create("ratelimits", meta={"kept": True}, ratelimits=[TOKENS, LARGE])
        wider = {**TOKENS, "limit": 20}
        added = {"name": "added", "limit": 1, "duration": 60000}
        got = self.update(identity_id=mine, ratelimits=[wider, added, added])
        self.assertEqual(limits(got.ratelimits), {"tokens": wider, "added": added})
        self.assertEqual(len(got.ratelimits), 2)
        got = self.update(identity_id=mine, ratelimits=[])
        self.assertEqual((got.ratelimits, got.meta), ([], {"kept": True}))

    def test_delete_frees_the_external_id(self):
        first = self.create("again", meta={"old": True}, ratelimits=[TOKENS])
        self.assertIsNotNone(root.identities.delete(request={"identity_id": first}).object)
        with self.assertRaises(models.ErrNotFound):
            root.identities.get(external_id="again")
        with self.assertRaises(models.ErrNotFound):
            root.identities.delete(request={"identity_id": first})
        second = self.create("again")
        self.assertNotEqual(first, second)
        got = root.identities.get(external_id="again").object
        self.assertEqual((got.id, got.meta, got.ratelimits), (second, {}, []))

    def test_other_keys_see_their_own_tenant(self):
        mine = self.create("shared-name")
        self.assertEqual(reader.identities.get(external_id="shared-name").object.id, mine)
        self.assertGreater(reader.identities.list().object.total, 0)
        res = other.identities.create(request={"external_id": "shared-name"})
        self.assertNotEqual(res.object.identity_id, mine)
        self.assertEqual(other.identities.list().object.total, 1)
        with self.assertRaises(models.ErrNotFound):
            other.identities.delete(request={"identity_id": mine})
