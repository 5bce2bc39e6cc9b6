"""Paging through unkey.py 3.2.2. Needs a tenant without identities."""

import unittest

from client import pages, root

COUNT = 120


class Paging(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        empty = root.identities.list_identities()
        assert pages(empty) == ([0], []), empty
        cls.ids = [
            root.identities.create_identity(external_id=f"user_{i}", meta={"i": i}).data.identity_id
            for i in range(COUNT)
        ]

    def test_every_limit_shows_every_identity_once(self):
        for limit, want in ((100, [100, 20]), (40, [40, 40, 40]), (7, [7] * 17 + [1])):
            with self.subTest(limit=limit):
                sizes, items = pages(root.identities.list_identities(limit=limit))
                self.assertEqual(sizes, want)
                self.assertEqual([i.id for i in items], sorted(self.ids))
                self.assertEqual({i.id: i.meta["i"] for i in items}, dict(zip(self.ids, range(COUNT))))

    def test_search(self):
        sizes, items = pages(root.identities.list_identities(search="USER_11", limit=4))
        self.assertEqual(sizes, [4, 4, 3])
        want = {"user_11", *(f"user_11{i}" for i in range(10))}
        self.assertEqual({i.external_id for i in items}, want)
