"""retrieve_user_list of pfruck-contabo 2.0.0."""

import unittest

from client import HELPER, OWNER, ask, new_user, owner


class Lists(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.ids = [new_user(email=f"list-{i:02}@example.com", enabled=i != 3) for i in range(12)]

    def page(self, **query):
        return ask(owner.retrieve_user_list, **query)

    def test_pages(self):
        first = self.page(email="LIST-", order_by=["email:asc"])
        self.assertEqual([u.user_id for u in first.data], self.ids[:10])
        p = first.pagination
        self.assertEqual((p.size, p.total_elements, p.total_pages, p.page), (10, 12, 2, 1))
        self.assertTrue(first.links.next and not first.links.previous)
        last = self.page(email="list-", order_by=["email:ASC"], page=2, size=10)
        self.assertEqual([u.user_id for u in last.data], self.ids[10:])
        self.assertTrue(last.links.previous and not last.links.next)
        self.assertEqual(self.page(email="list-", page=3).data, [])
        # Clients ask for orders that there are none of.
        self.assertEqual(len(self.page(email="list-", order_by=["timestamp:desc"], size=100).data), 12)
        down = self.page(email="list-", order_by=["enabled:asc", "email:desc"], size=2)
        self.assertEqual([u.user_id for u in down.data], [self.ids[3], self.ids[11]])

    def test_filters(self):
        self.assertEqual([u.user_id for u in self.page(owner=True).data], [OWNER])
        self.assertIn(HELPER, [u.user_id for u in self.page(owner=False, size=100).data])
        off = self.page(email="list-", enabled=False)
        self.assertEqual([u.user_id for u in off.data], [self.ids[3]])
        self.assertEqual(self.page(email="nobody-is-called-this").data, [])
