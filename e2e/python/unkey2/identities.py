"""Identities through unkey.py 3.2.2, which sends null inside meta, but no field that is
None."""

import unittest

from client import other, reader, root
from unkey.py import errors

META = {
    "nested": {"list": [{"deeper": [[], {}, None]}]},
    "unicode": "Zoë 日本 🔑 \u2028 \\ / \"quoted\" <html>&",
    "beyond double": 2**53 + 1,
    "ten": 10,
    "ten point zero": 10.0,
}
TOKENS = {"name": "tokens", "limit": 10, "duration": 1000, "auto_apply": True}
LARGE = {"name": "large", "limit": 2**53 - 1, "duration": 2592000000, "auto_apply": False}


def get(identity):
    return root.identities.get_identity(identity=identity).data



class Identities(unittest.TestCase):
    def create(self, external_id, **fields):
        made = root.identities.create_identity(external_id=external_id, **fields)
        self.assertRegex(made.meta.request_id, "^req_")
        self.assertRegex(made.data.identity_id, "^id_")
        return made.data.identity_id

    def test_get_by_either_id(self):
        mine = self.create("get-mine", meta=META, ratelimits=[TOKENS, LARGE])
        for identity in (mine, "get-mine"):
            got = get(identity)
            self.assertEqual((got.id, got.external_id, got.meta), (mine, "get-mine", META))
            self.assertIs(type(got.meta["ten"]), int)
            self.assertIs(type(got.meta["ten point zero"]), float)
            self.assertEqual(len(got.ratelimits), 2)
            for limit in got.ratelimits:
                self.assertRegex(limit.id, "^rl_")
                want = TOKENS if limit.name == "tokens" else LARGE
                self.assertEqual(limit.model_dump(by_alias=False, exclude={"id"}), want)

    def test_absent_and_empty_fields_are_left_out(self):
        for external_id, fields in (("bare", {}), ("empty", {"meta": {}, "ratelimits": []})):
            self.create(external_id, **fields)
            got = get(external_id)
            self.assertEqual((got.meta, got.ratelimits), (None, None))

    def test_update_replaces_only_what_is_present(self):
        mine = self.create("update", meta={"a": 1}, ratelimits=[TOKENS, LARGE])
        kept = {r.name: r.id for r in get(mine).ratelimits}

        def update(**change):
            updated = root.identities.update_identity(identity=mine, **change).data
            self.assertEqual(updated, get(mine))
            return updated

        got = update(meta={"c": 3})
        self.assertEqual((got.meta, {r.name: r.id for r in got.ratelimits}), ({"c": 3}, kept))
        got = update(ratelimits=[{**TOKENS, "limit": 20}])
        self.assertEqual(got.meta, {"c": 3})
        self.assertEqual([(r.id, r.limit) for r in got.ratelimits], [(kept["tokens"], 20)])
        got = update(meta={}, ratelimits=[])
        self.assertEqual((got.meta, got.ratelimits), (None, None))

    def test_delete_frees_the_external_id(self):
        first = self.create("again", meta={"old": True})
        self.assertTrue(root.identities.delete_identity(identity="again").meta.request_id)
        with self.assertRaises(errors.NotFoundErrorResponse):
            get("again")
        second = self.create("again")
        self.assertNotEqual(first, second)
        self.assertEqual(get("again").id, second)

    def test_other_keys_see_their_own_tenant(self):
        mine = self.create("shared-name")
        self.assertEqual(reader.identities.get_identity(identity="shared-name").data.id, mine)
        theirs = other.identities.create_identity(external_id="shared-name").data.identity_id
        self.assertNotEqual(theirs, mine)
        with self.assertRaises(errors.NotFoundErrorResponse):
            other.identities.get_identity(identity=mine)
