"""Every verdict through unkey.py 0.10.0, without a root key. The SDK insists on whole
objects: ratelimit has limit, remaining and reset, identity has meta."""

import unittest

from check import DAY, now, window_end
from client import new_api, new_key, root, verify
from unkey_py import models


def code(key, **fields):
    return verify(key, **fields).code.value


class Verify(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.api_id = new_api("verify")

    def create(self, **fields):
        return new_key(self.api_id, **fields)[1]

    def test_valid_tells_all(self):
        expires = now() + DAY
        key_id, key = new_key(
            self.api_id, name="Full", external_id="python-verify", meta={"plan": "pro"},
            roles=["python-reader"], permissions=["python.x"], expires=expires, remaining=10,
            ratelimit={"limit": 5, "duration": DAY}, environment="test",
        )
        got = verify(key, api_id=self.api_id)
        self.assertEqual((got.valid, got.code.value, got.key_id), (True, "VALID", key_id))
        self.assertEqual((got.name, got.owner_id, got.meta), ("Full", "python-verify", {"plan": "pro"}))
        self.assertEqual((got.expires, got.remaining, got.enabled), (expires, 9, True))
        self.assertEqual((got.roles, got.permissions), (["python-reader"], ["python.x"]))
        self.assertEqual((got.environment, got.identity.external_id), ("test", "python-verify"))
        self.assertEqual(got.identity.meta, {})
        limit = got.ratelimit
        self.assertEqual((limit.limit, limit.remaining, limit.reset), (5, 4, window_end(DAY)))

    def test_not_found(self):
        got = verify("not-a-key")
        self.assertEqual((got.valid, got.code.value, got.key_id), (False, "NOT_FOUND", None))
        self.assertTrue(got.request_id)

    def test_disabled(self):
        self.assertEqual(code(self.create(enabled=False)), "DISABLED")

    def test_forbidden(self):
        self.assertEqual(code(self.create(), api_id=new_api("another")), "FORBIDDEN")

    def test_expired(self):
        self.assertEqual(code(self.create(expires=now() - 1000)), "EXPIRED")

    def test_insufficient_permissions(self):
        key = self.create(permissions=["a", "b"])

        def can(query):
            return code(key, authorization={"permissions": query})

        self.assertEqual(can("a"), "VALID")
        self.assertEqual(can({"and_": ["a", {"or_": ["c", "b"]}]}), "VALID")
        self.assertEqual(can({"and_": ["a", "c"]}), "INSUFFICIENT_PERMISSIONS")

    def test_rate_limited(self):
        key = self.create(ratelimit={"limit": 1, "duration": DAY})
        self.assertEqual(code(key), "VALID")
        got = verify(key)
        self.assertEqual((got.valid, got.code.value), (False, "RATE_LIMITED"))
        self.assertEqual((got.ratelimit.limit, got.ratelimit.remaining), (1, 0))

    def test_rate_limited_with_the_identity(self):
        limits = [{"name": "tokens", "limit": 3, "duration": DAY}]
        root.identities.create(request={"external_id": "python-sharing", "ratelimits": limits})
        one, two = (self.create(external_id="python-sharing") for _ in range(2))
        self.assertEqual(code(one, ratelimits=[{"name": "tokens", "cost": 2}]), "VALID")
        self.assertEqual(code(two, ratelimits=[{"name": "tokens", "cost": 2}]), "RATE_LIMITED")
        got = verify(two, ratelimits=[{"name": "tokens"}])
        self.assertEqual((got.code.value, got.ratelimit.limit), ("VALID", 3))

    def test_usage_exceeded(self):
        key = self.create(remaining=2)
        self.assertEqual(verify(key, remaining={"cost": 2}).remaining, 0)
        got = verify(key)
        self.assertEqual((got.code.value, got.remaining), ("USAGE_EXCEEDED", 0))

    def test_refusals(self):
        key = self.create()
        with self.assertRaises(models.ErrBadRequest):
            code(key, ratelimits=[{"name": "defined-nowhere"}])
