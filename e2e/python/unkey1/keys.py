"""Keys through unkey.py 0.10.0.

It reads a refill without a refillDay as one on day 1. What it sends for a field set to
None is null, and nothing for one left out.
"""

import unittest

from check import DAY, now
from client import anonymous, new_api, new_key, other, reader, root, verify
from unkey_py import models

META = {"nested": [1, None, {"a": "ü"}], "beyond double": 2**53 + 1, "point zero": 10.0}


def get(key_id, **arguments):
    return root.keys.get(key_id=key_id, **arguments).key


class Keys(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.api_id = new_api("keys")

    def create(self, **fields):
        return new_key(self.api_id, **fields)

    def test_create_with_everything_and_get(self):
        expires = now() + DAY
        key_id, key = self.create(
            prefix="live",
            name="Everything",
            byte_length=32,
            external_id="python-user",
            meta=META,
            roles=["python-admin"],
            permissions=["python.read"],
            expires=expires,
            remaining=1000,
            refill={"interval": "monthly", "amount": 100, "refill_day": 15},
            ratelimit={"limit": 10, "duration": 60_000},
            environment="test",
        )
        self.assertRegex(key, "^live_[1-9A-HJ-NP-Za-km-z]{46}$")
        got = get(key_id)
        self.assertEqual((got.id, got.api_id, got.start), (key_id, self.api_id, key[:9]))
        self.assertEqual((got.name, got.owner_id, got.meta), ("Everything", "python-user", META))
        self.assertIs(type(got.meta["point zero"]), float)
        self.assertEqual((got.roles, got.permissions), (["python-admin"], ["python.read"]))
        self.assertEqual((got.expires, got.remaining, got.enabled), (expires, 1000, True))
        refill = got.refill
        self.assertEqual((refill.interval.value, refill.amount), ("monthly", 100))
        self.assertEqual(refill.refill_day, 15)
        self.assertEqual((got.ratelimit.limit, got.ratelimit.duration), (10, 60_000))
        self.assertEqual(got.identity.external_id, "python-user")
        self.assertLess(abs(got.created_at - now()), 60_000)

    def test_create_with_nothing_and_get(self):
        key_id, key = self.create()
        got = get(key_id)
        self.assertTrue(key.startswith(got.start))
        self.assertTrue(got.enabled)
        absent = got.name, got.owner_id, got.meta, got.expires, got.remaining
        self.assertEqual(absent, (None,) * 5)
        self.assertEqual((got.refill, got.ratelimit, got.identity), (None,) * 3)

    def test_recoverable(self):
        key_id, key = self.create(recoverable=True)
        self.assertEqual(get(key_id, decrypt=True).plaintext, key)
        self.assertIsNone(get(key_id).plaintext)

    def test_whoami(self):
        key_id, key = self.create(
            name="Me", external_id="python-me", meta=META, remaining=7, environment="test"
        )
        got = root.keys.whoami(request={"key": key}).object
        self.assertEqual((got.id, got.name, got.meta), (key_id, "Me", META))
        self.assertEqual((got.remaining, got.enabled, got.environment), (7, True, "test"))
        self.assertEqual(got.identity.external_id, "python-me")
        self.assertLess(abs(got.created_at - now()), 60_000)
        bare_id, bare = self.create(enabled=False)
        got = root.keys.whoami(request={"key": bare}).object
        self.assertEqual((got.id, got.enabled, got.identity), (bare_id, False, None))
        with self.assertRaises(models.ErrNotFound):
            root.keys.whoami(request={"key": "not-a-key"})

    def test_update(self):
        key_id, _ = self.create(
            name="before", external_id="python-1", meta={"a": 1}, expires=now() + DAY, remaining=5
        )
        root.keys.update(request={"key_id": key_id, "name": "after"})
        got = get(key_id)
        self.assertEqual((got.name, got.meta, got.remaining), ("after", {"a": 1}, 5))
        root.keys.update(request={"key_id": key_id, "external_id": "python-2", "enabled": False})
        got = get(key_id)
        self.assertEqual((got.identity.external_id, got.enabled), ("python-2", False))
        cleared = {"name": None, "external_id": None, "meta": None, "expires": None}
        answer = root.keys.update(request={"key_id": key_id, **cleared, "remaining": None})
        self.assertIsNotNone(answer.object)
        got = get(key_id)
        absent = got.name, got.identity, got.meta, got.expires, got.remaining
        self.assertEqual(absent, (None,) * 5)

    def test_update_remaining(self):
        key_id, _ = self.create(remaining=10)

        def change(op, value):
            request = {"key_id": key_id, "op": op, "value": value}
            return root.keys.update_remaining(request=request).object.remaining

        self.assertEqual(change("increment", 5), 15)
        self.assertEqual(change("decrement", 20), 0)
        self.assertEqual(change("set", 3), 3)
        self.assertIsNone(change("set", None))

    def test_delete(self):
        key_id, key = self.create()
        self.assertIsNotNone(root.keys.delete(request={"key_id": key_id}).object)
        self.assertEqual(verify(key).code.value, "NOT_FOUND")
        with self.assertRaises(models.ErrNotFound):
            get(key_id)

    def test_refusals(self):
        key_id, _ = self.create()
        with self.assertRaises(models.ErrBadRequest):
            self.create(remaining=0)
        with self.assertRaises(models.ErrNotFound):
            new_key("api_unknown")
        with self.assertRaises(models.ErrForbidden):
            reader.keys.get(key_id=key_id)
        with self.assertRaises(models.ErrNotFound):
            other.keys.get(key_id=key_id)
        with self.assertRaises(models.ErrUnauthorized):
            anonymous.keys.get(key_id=key_id)
