"""Rate limits through unkey.py 3.2.2."""

import unittest

from check import DAY, window_end
from client import pages, reader, root
from unkey.py import errors


def check(identifier, **fields):
    return {"namespace": "python", "identifier": identifier, "limit": 2, "duration": DAY, **fields}


def limit(identifier, **fields):
    return root.ratelimit.limit(**check(identifier, **fields)).data


class Ratelimit(unittest.TestCase):
    def test_limit(self):
        for success, remaining in ((True, 1), (True, 0), (False, 0)):
            got = limit("plain")
            self.assertEqual((got.success, got.remaining), (success, remaining))
            self.assertEqual((got.limit, got.reset, got.override_id), (2, window_end(DAY), None))
        self.assertEqual(limit("cost", cost=2).remaining, 0)
        self.assertFalse(limit("above", cost=3).success)
        self.assertEqual(limit("above", cost=0).remaining, 2)
        self.assertEqual(limit("large", limit=2**53 - 1).remaining, 2**53 - 2)

    def test_multi_limit(self):
        request = [check("multi-a"), check("multi-b", cost=2)]
        got = root.ratelimit.multi_limit(request=request).data
        self.assertTrue(got.passed)
        self.assertEqual([(c.identifier, c.remaining) for c in got.limits], [("multi-a", 1), ("multi-b", 0)])
        got = root.ratelimit.multi_limit(request=request).data
        self.assertFalse(got.passed)
        self.assertEqual([c.passed for c in got.limits], [True, False])
        self.assertEqual(limit("multi-a", cost=0).remaining, 1)

    def test_overrides(self):
        space = {"namespace": "python-overrides"}
        limit("anyone", **space)

        def set_override(identifier, value):
            return root.ratelimit.set_override(
                identifier=identifier, limit=value, duration=DAY, **space
            ).data.override_id

        override_id = set_override("vip-*", 50)
        set_override("vip-1", 0)
        got = limit("vip-2", **space)
        self.assertEqual((got.limit, got.override_id), (50, override_id))
        got = limit("vip-1", **space)
        self.assertEqual((got.success, got.limit, got.remaining), (False, 0, 0))
        got = root.ratelimit.get_override(identifier="vip-*", **space).data
        self.assertEqual((got.override_id, got.identifier), (override_id, "vip-*"))
        self.assertEqual((got.limit, got.duration), (50, DAY))
        sizes, items = pages(root.ratelimit.list_overrides(limit=1, **space))
        self.assertEqual((sizes, {o.identifier for o in items}), ([1, 1], {"vip-*", "vip-1"}))
        root.ratelimit.delete_override(identifier="vip-*", **space)
        self.assertEqual(limit("vip-2", **space).limit, 2)
        with self.assertRaises(errors.NotFoundErrorResponse):
            root.ratelimit.get_override(identifier="vip-*", **space)

    def test_refusals(self):
        limit("refused")
        with self.assertRaises(errors.BadRequestErrorResponse):
            limit("refused", limit=0)
        with self.assertRaises(errors.NotFoundErrorResponse):
            root.ratelimit.list_overrides(namespace="unknown")
        with self.assertRaises(errors.ForbiddenErrorResponse):
            reader.ratelimit.limit(**check("refused"))
