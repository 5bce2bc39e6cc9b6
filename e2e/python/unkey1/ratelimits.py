"""Rate limits through unkey.py 0.10.0, which has them in two places: ratelimits and
ratelimit."""

import unittest

from check import DAY, window_end
from client import pages, reader, root
from unkey_py import models


def limit(identifier, **fields):
    request = {"namespace": "python", "identifier": identifier, "limit": 2, "duration": DAY}
    return root.ratelimits.limit(request={**request, **fields}).object


class Ratelimits(unittest.TestCase):
    def test_limit(self):
        for success, remaining in ((True, 1), (True, 0), (False, 0)):
            got = limit("plain")
            self.assertEqual((got.success, got.remaining), (success, remaining))
            self.assertEqual((got.limit, got.reset), (2, window_end(DAY)))
        self.assertEqual(limit("cost", cost=2).remaining, 0)
        self.assertFalse(limit("above", cost=3).success)
        self.assertEqual(limit("above", cost=0).remaining, 2)
        self.assertEqual(limit("large", limit=2**53 - 1).remaining, 2**53 - 2)

    def test_overrides(self):
        limit("anyone", namespace="python-overrides")
        space = {"namespace_name": "python-overrides"}

        def set_override(identifier, value):
            request = {**space, "identifier": identifier, "limit": value, "duration": DAY}
            return root.ratelimit.set_override(request=request).object.override_id

        override_id = set_override("vip-*", 50)
        set_override("vip-1", 0)
        self.assertEqual(limit("vip-2", namespace="python-overrides").limit, 50)
        self.assertFalse(limit("vip-1", namespace="python-overrides").success)
        got = root.ratelimit.get_override(identifier="vip-*", **space).object
        self.assertEqual((got.id, got.identifier), (override_id, "vip-*"))
        self.assertEqual((got.limit, got.duration), (50, DAY))

        def list_overrides(**arguments):
            return root.ratelimit.list_overrides(**space, **arguments).object

        self.assertEqual(list_overrides().total, 2)
        sizes, items = pages(list_overrides, "overrides", limit=1)
        self.assertEqual(sizes, [1, 1])
        self.assertEqual({o.identifier for o in items}, {"vip-*", "vip-1"})

        root.ratelimits.delete_override(request={**space, "identifier": "vip-*"})
        self.assertEqual(limit("vip-2", namespace="python-overrides").limit, 2)
        with self.assertRaises(models.ErrNotFound):
            root.ratelimit.get_override(identifier="vip-*", **space)

    def test_refusals(self):
        limit("refused")
        with self.assertRaises(models.ErrBadRequest):
            limit("refused", limit=0)
        with self.assertRaises(models.ErrNotFound):
            root.ratelimit.list_overrides(namespace_name="unknown")
        with self.assertRaises(models.ErrForbidden):
            reader.ratelimit.list_overrides(namespace_name="python")
