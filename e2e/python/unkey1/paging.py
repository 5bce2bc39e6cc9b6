"""Paging through unkey.py 0.10.0. Needs a tenant without identities."""

import unittest

from client import root

COUNT = 120


class Paging(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        empty = root.identities.list().object
        assert (empty.identities, empty.total, empty.cursor) == ([], 0, None), empty
        cls.ids = [
            root.identities.create(
                request={
                    "external_id": f"user_{i}",
                    "meta": {"i": i},
                    "ratelimits": [{"name": "tokens", "limit": i + 1, "duration": 1000}],
                }
            ).object.identity_id
            for i in range(COUNT)
        ]

    def pages(self, **arguments):
        """The pages that res.next() leads through, as the seed's sample does."""
        res = root.identities.list(**arguments)
        while True:
            yield res.object
            res = res.next()  # None when the body has no cursor, or null in it
            if res is None:
                return

    def test_every_limit_shows_every_identity_once(self):
        for limit, sizes in (
            (100, [100, 20]),
            (40, [40, 40, 40]),  # a full last page still has no cursor
            (7, [7] * 17 + [1]),
        ):
            with self.subTest(limit=limit):
                pages = list(self.pages(limit=limit))
                self.assertEqual([len(p.identities) for p in pages], sizes)
                self.assertEqual([p.total for p in pages], [COUNT] * len(sizes))
                seen = [i for p in pages for i in p.identities]
                self.assertEqual([i.id for i in seen], sorted(self.ids))
                for i in seen:
                    n = int(i.external_id.removeprefix("user_"))
                    self.assertEqual((i.id, i.ratelimits[0].limit), (self.ids[n], n + 1))

    def test_default_limit_is_100(self):
        self.assertEqual([len(p.identities) for p in self.pages()], [100, 20])

    def test_a_cursor_can_be_used_again(self):
        first = root.identities.list(limit=50).object
        for _ in range(2):
            page = root.identities.list(limit=5, cursor=first.cursor).object
            self.assertEqual([i.id for i in page.identities], sorted(self.ids)[50:55])
