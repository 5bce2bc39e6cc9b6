"""Keys through unkey.py 3.2.2."""

import unittest

from check import DAY, now
from client import code, new_api, new_key, other, reader, root
from unkey.py import errors

META = {"nested": [1, None, {"a": "ü"}], "beyond double": 2**53 + 1, "point zero": 10.0}
TOKENS = {"name": "tokens", "limit": 3, "duration": DAY, "auto_apply": True}


def get(key_id, **arguments):
    return root.keys.get_key(key_id=key_id, **arguments).data


class Keys(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.api_id = new_api("keys")
        root.permissions.create_role(name="python-admin", permissions=["by.role"])

    def create(self, **fields):
        return new_key(self.api_id, **fields)

    def test_create_with_everything_get_and_whoami(self):
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
            credits={
                "remaining": 1000,
                "refill": {"interval": "monthly", "amount": 100, "refill_day": 15},
            },
            ratelimits=[TOKENS],
        )
        self.assertRegex(key, "^live_[1-9A-HJ-NP-Za-km-z]{40,44}$")
        got = get(key_id)
        self.assertTrue(key.startswith(got.start))
        self.assertEqual((got.key_id, got.name, got.meta), (key_id, "Everything", META))
        self.assertIs(type(got.meta["point zero"]), float)
        self.assertEqual((got.roles, sorted(got.permissions)), (["python-admin"], ["by.role", "python.read"]))
        self.assertEqual((got.expires, got.enabled), (expires, True))
        self.assertEqual(got.credits.remaining, 1000)
        refill = got.credits.refill
        self.assertEqual((refill.interval, refill.amount, refill.refill_day), ("monthly", 100, 15))
        self.assertEqual(got.identity.external_id, "python-user")
        (limit,) = got.ratelimits
        self.assertEqual((limit.name, limit.limit, limit.duration), ("tokens", 3, DAY))
        self.assertTrue(limit.auto_apply)
        self.assertLess(abs(got.created_at - now()), 60_000)
        self.assertEqual(root.keys.whoami(key=key).data, got)

    def test_create_with_nothing_and_get(self):
        key_id, _ = self.create()
        got = get(key_id)
        self.assertTrue(got.enabled)
        absent = got.name, got.meta, got.expires, got.credits, got.identity
        self.assertEqual(absent, (None,) * 5)

    def test_zeros_and_false_are_told(self):
        key_id, _ = self.create(enabled=False, credits={"remaining": 0})
        got = get(key_id)
        self.assertEqual((got.enabled, got.credits.remaining), (False, 0))

    def test_recoverable(self):
        key_id, key = self.create(recoverable=True)
        self.assertEqual(get(key_id, decrypt=True).plaintext, key)
        self.assertIsNone(get(key_id).plaintext)

    def test_update(self):
        key_id, _ = self.create(
            name="before", external_id="python-1", meta={"a": 1}, expires=now() + DAY,
            credits={"remaining": 5}, ratelimits=[TOKENS],
        )
        root.keys.update_key(key_id=key_id, name="after", credits={"remaining": 6})
        got = get(key_id)
        self.assertEqual((got.name, got.meta, got.credits.remaining), ("after", {"a": 1}, 6))
        root.keys.update_key(key_id=key_id, external_id="python-2", enabled=False)
        got = get(key_id)
        self.assertEqual((got.identity.external_id, got.enabled), ("python-2", False))
        cleared = {"name": None, "external_id": None, "meta": None, "expires": None}
        answer = root.keys.update_key(key_id=key_id, credits=None, ratelimits=[], **cleared)
        self.assertIsNotNone(answer.data)
        got = get(key_id)
        absent = got.name, got.identity, got.meta, got.expires, got.credits
        self.assertEqual(absent, (None,) * 5)
        self.assertFalse(got.ratelimits)

    def test_null_clears_rate_limits(self):
        key_id, _ = self.create(ratelimits=[TOKENS])
        root.keys.update_key(key_id=key_id, ratelimits=None)
        self.assertFalse(get(key_id).ratelimits)

    def test_update_credits(self):
        key_id, _ = self.create(credits={"remaining": 10})

        def change(operation, value):
            answer = root.keys.update_credits(key_id=key_id, operation=operation, value=value)
            return answer.data.remaining

        self.assertEqual(change("increment", 5), 15)
        self.assertEqual(change("decrement", 20), 0)
        self.assertEqual(change("set", 3), 3)
        self.assertIsNone(change("set", None))

    def test_reroll(self):
        key_id, key = self.create(name="Rolled", meta=META, credits={"remaining": 7})
        new = root.keys.reroll_key(key_id=key_id, expiration=0).data
        got = get(new.key_id)
        self.assertEqual((got.name, got.meta, got.credits.remaining), ("Rolled", META, 7))
        self.assertEqual((code(key), code(new.key)), ("EXPIRED", "VALID"))

    def test_reroll_and_keep_the_old_key(self):
        key_id, key = self.create()
        new = root.keys.reroll_key(key_id=key_id, expiration=None).data
        self.assertEqual((code(key), code(new.key)), ("VALID", "VALID"))
        self.assertIsNone(get(key_id).expires)
        expires = now() + DAY
        key_id, _ = self.create(expires=expires)
        root.keys.reroll_key(key_id=key_id, expiration=None)
        self.assertEqual(get(key_id).expires, expires)

    def test_delete(self):
        key_id, key = self.create()
        self.assertIsNotNone(root.keys.delete_key(key_id=key_id).data)
        self.assertEqual(code(key), "NOT_FOUND")
        with self.assertRaises(errors.NotFoundErrorResponse):
            get(key_id)

    def test_refusals(self):
        key_id, _ = self.create()
        with self.assertRaises(errors.BadRequestErrorResponse):
            self.create(byte_length=15)
        with self.assertRaises(errors.NotFoundErrorResponse):
            new_key("api_unknown")
        with self.assertRaises(errors.ForbiddenErrorResponse):
            reader.keys.get_key(key_id=key_id)
        with self.assertRaises(errors.NotFoundErrorResponse):
            other.keys.get_key(key_id=key_id)
