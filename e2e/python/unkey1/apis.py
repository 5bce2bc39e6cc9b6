"""APIs and liveness through unkey.py 0.10.0."""

import unittest

from client import anonymous, new_api, new_key, other, pages, reader, root, verify
from unkey_py import models


def list_keys(**request):
    return root.apis.list_keys(request=request).object


class Apis(unittest.TestCase):
    def test_liveness(self):
        got = anonymous.liveness.check().object
        self.assertTrue(got.status)
        self.assertTrue(got.services.ratelimit and got.services.usagelimit)

    def test_create_and_get(self):
        api_id = new_api("Python API")
        self.assertRegex(api_id, "^api_")
        got = root.apis.get(api_id=api_id).object
        self.assertEqual((got.id, got.name), (api_id, "Python API"))
        self.assertTrue(got.workspace_id)

    def test_list_keys(self):
        api_id = new_api("list")
        empty = list_keys(api_id=api_id)
        self.assertEqual((empty.keys, empty.total, empty.cursor), ([], 0, None))
        ids = [new_key(api_id, external_id=f"user-{i % 2}")[0] for i in range(5)]
        self.assertEqual(list_keys(api_id=api_id).total, 5)
        for limit, want in ((100, [5]), (5, [5]), (2, [2, 2, 1])):
            sizes, keys = pages(list_keys, "keys", api_id=api_id, limit=limit)
            self.assertEqual((sizes, [k.id for k in keys]), (want, ids))
        _, keys = pages(list_keys, "keys", api_id=api_id, limit=1, external_id="user-1")
        self.assertEqual([k.id for k in keys], ids[1::2])

    def test_delete_keys(self):
        api_id = new_api("delete-keys")
        keys = [new_key(api_id)[1] for _ in range(3)]
        request = {"api_id": api_id, "permanent": False}
        self.assertEqual(root.apis.delete_keys(request=request).object.deleted_keys, 3)
        self.assertEqual({verify(key).code.value for key in keys}, {"NOT_FOUND"})
        self.assertEqual(root.apis.delete_keys(request=request).object.deleted_keys, 0)
        self.assertEqual(verify(new_key(api_id)[1]).code.value, "VALID")

    def test_delete(self):
        api_id = new_api("delete")
        _, key = new_key(api_id)
        self.assertIsNotNone(root.apis.delete(request={"api_id": api_id}).object)
        self.assertEqual(verify(key).code.value, "NOT_FOUND")
        with self.assertRaises(models.ErrNotFound):
            root.apis.get(api_id=api_id)
        with self.assertRaises(models.ErrNotFound):
            root.apis.delete(request={"api_id": api_id})

    def test_refusals(self):
        api_id = new_api("refusals")
        with self.assertRaises(models.ErrBadRequest):
            root.apis.create(request={"name": "ab"})
        with self.assertRaises(models.ErrForbidden):
            reader.apis.get(api_id=api_id)
        with self.assertRaises(models.ErrNotFound):
            other.apis.get(api_id=api_id)
        with self.assertRaises(models.ErrUnauthorized):
            anonymous.apis.get(api_id=api_id)
