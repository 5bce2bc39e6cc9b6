"""APIs through unkey.py 3.2.2."""

import unittest

from client import code, new_api, new_key, other, pages, reader, root
from unkey.py import errors


class Apis(unittest.TestCase):
    def test_create_and_get(self):
        api_id = new_api("Python API")
        self.assertRegex(api_id, "^api_")
        got = root.apis.get_api(api_id=api_id).data
        self.assertEqual((got.id, got.name), (api_id, "Python API"))

    def test_list_keys(self):
        api_id = new_api("list")
        self.assertEqual(pages(root.apis.list_keys(api_id=api_id)), ([0], []))
        ids = [new_key(api_id, external_id=f"user-{i % 2}")[0] for i in range(5)]
        for limit, want in ((100, [5]), (5, [5]), (2, [2, 2, 1])):
            sizes, keys = pages(root.apis.list_keys(api_id=api_id, limit=limit))
            self.assertEqual((sizes, [k.key_id for k in keys]), (want, ids))
        _, keys = pages(root.apis.list_keys(api_id=api_id, limit=1, external_id="user-1"))
        self.assertEqual([k.key_id for k in keys], ids[1::2])

    def test_delete(self):
        api_id = new_api("delete")
        _, key = new_key(api_id)
        self.assertIsNotNone(root.apis.delete_api(api_id=api_id).data)
        self.assertEqual(code(key), "NOT_FOUND")
        with self.assertRaises(errors.NotFoundErrorResponse):
            root.apis.get_api(api_id=api_id)

    def test_refusals(self):
        api_id = new_api("refusals")
        with self.assertRaises(errors.BadRequestErrorResponse):
            root.apis.create_api(name="ab")
        with self.assertRaises(errors.ForbiddenErrorResponse):
            reader.apis.get_api(api_id=api_id)
        with self.assertRaises(errors.NotFoundErrorResponse):
            other.apis.get_api(api_id=api_id)
