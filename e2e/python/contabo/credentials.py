"""The three operations of pfruck-contabo 2.0.0 on S3 credentials."""

import unittest

from client import HELPER, OWNER, STORAGE, ask, helper, new_user, owner


def only(user, **query):
    """A user's one credential."""
    (credential,) = ask(owner.list_object_storage_credentials, user, **query).data
    return credential


class Credentials(unittest.TestCase):
    def test_everybody_has_one(self):
        for user in (OWNER, HELPER, new_user()):
            got = only(user)
            self.assertEqual((got.object_storage_id, got.region), (STORAGE, "Asia (Singapore)"))
            self.assertEqual(got.display_name, "Object Storage EU 420")
            self.assertIs(type(got.credential_id), int)
            self.assertLess(got.credential_id, 2**24)
            self.assertTrue(got.access_key and got.secret_key)
            again = ask(owner.get_object_storage_credentials, user, STORAGE, got.credential_id)
            self.assertEqual(again.data, [got])

    def test_one_reads_ones_own(self):
        mine = ask(helper.list_object_storage_credentials, HELPER).data
        self.assertEqual(mine, [only(HELPER)])

    def test_filters(self):
        got = ask(owner.list_object_storage_credentials, OWNER, page=1, size=5, order_by=["name:asc"])
        self.assertEqual((got.pagination.size, got.pagination.total_elements), (5, 1))
        only(OWNER, object_storage_id=STORAGE, region_name="Asia (Singapore)", display_name="Object Storage EU 420")
        for query in ({"object_storage_id": OWNER}, {"region_name": "European Union"}, {"display_name": "Another"}):
            self.assertEqual(ask(owner.list_object_storage_credentials, OWNER, **query).data, [])

    def test_regenerate(self):
        user = new_user()
        was = only(user)
        made = ask(owner.regenerate_object_storage_credentials, user, STORAGE, was.credential_id).data[0]
        self.assertNotEqual(made.secret_key, was.secret_key)
        self.assertEqual(made, was.model_copy(update={"secret_key": made.secret_key}))
        self.assertEqual(only(user), made)
