"""Every verdict but FORBIDDEN, which no call of v2 can bring about, through unkey.py
3.2.2."""

import unittest

from check import DAY, now, window_end
from client import code, new_api, new_key, other, reader, root, verify
from unkey.py import errors

AUTO = {"name": "auto", "limit": 2, "duration": DAY, "auto_apply": True}


class Verify(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.api_id = new_api("verify")

    def create(self, **fields):
        return new_key(self.api_id, **fields)[1]

    def test_valid_tells_all(self):
        root.permissions.create_role(name="python-verify", permissions=["by.role"])
        root.identities.create_identity(external_id="python-verify", meta={"seat": 1})
        expires = now() + DAY
        key_id, key = new_key(
            self.api_id, name="Full", external_id="python-verify", meta={"plan": "pro"},
            roles=["python-verify"], permissions=["by.itself"], expires=expires,
            credits={"remaining": 10}, ratelimits=[AUTO],
        )
        got = verify(key, tags=["path=/x"])
        self.assertEqual((got.valid, got.code, got.key_id), (True, "VALID", key_id))
        self.assertEqual((got.name, got.meta, got.enabled), ("Full", {"plan": "pro"}, True))
        self.assertEqual((got.expires, got.credits), (expires, 9))
        self.assertEqual(sorted(got.permissions), ["by.itself", "by.role"])
        self.assertEqual(got.roles, ["python-verify"])
        self.assertEqual((got.identity.external_id, got.identity.meta), ("python-verify", {"seat": 1}))
        (limit,) = got.ratelimits
        self.assertEqual((limit.name, limit.limit, limit.duration), ("auto", 2, DAY))
        self.assertEqual((limit.remaining, limit.reset), (1, window_end(DAY)))
        self.assertEqual((limit.exceeded, limit.auto_apply), (False, True))

    def test_not_found(self):
        got = verify("not-a-key")
        self.assertEqual((got.valid, got.code, got.key_id), (False, "NOT_FOUND", None))
        key = self.create()
        for sdk in (other, reader):
            self.assertEqual(sdk.keys.verify_key(key=key).data.code, "NOT_FOUND")

    def test_disabled(self):
        self.assertEqual(code(self.create(enabled=False)), "DISABLED")

    def test_expired(self):
        self.assertEqual(code(self.create(expires=now() - 1000)), "EXPIRED")

    def test_insufficient_permissions(self):
        key = self.create(permissions=["a", "b"])
        self.assertEqual(code(key, permissions="a AND (c OR b)"), "VALID")
        self.assertEqual(code(key, permissions="a AND c"), "INSUFFICIENT_PERMISSIONS")

    def test_rate_limited(self):
        key = self.create(ratelimits=[AUTO])
        self.assertEqual([code(key) for _ in range(3)], ["VALID", "VALID", "RATE_LIMITED"])
        (limit,) = verify(key).ratelimits
        self.assertEqual((limit.exceeded, limit.remaining), (True, 0))

    def test_rate_limited_with_the_identity(self):
        limits = [{"name": "tokens", "limit": 3, "duration": DAY}]
        root.identities.create_identity(external_id="python-sharing", ratelimits=limits)
        one, two = (self.create(external_id="python-sharing") for _ in range(2))
        self.assertEqual(code(one, ratelimits=[{"name": "tokens", "cost": 2}]), "VALID")
        self.assertEqual(code(two, ratelimits=[{"name": "tokens", "cost": 2}]), "RATE_LIMITED")
        self.assertEqual(code(two, ratelimits=[{"name": "tokens"}]), "VALID")

    def test_usage_exceeded(self):
        key = self.create(credits={"remaining": 2})
        self.assertEqual(verify(key, credits={"cost": 2}).credits, 0)
        got = verify(key)
        self.assertEqual((got.code, got.credits), ("USAGE_EXCEEDED", 0))
        self.assertEqual(code(key, credits={"cost": 0}), "VALID")

    def test_refusals(self):
        key = self.create()
        with self.assertRaises(errors.BadRequestErrorResponse):
            code(key, permissions="a AND")
        with self.assertRaises(errors.UnkeyError) as caught:
            code(key, ratelimits=[{"name": "defined-nowhere"}])
        self.assertEqual(caught.exception.status_code, 412)
