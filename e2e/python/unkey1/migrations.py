"""Importing keys through unkey.py 0.10.0."""

import base64
import hashlib
import unittest
import uuid

from client import new_api, root, verify
from unkey_py import models


def hash_of(key):
    digest = hashlib.sha256(key.encode()).digest()
    return {"value": base64.b64encode(digest).decode(), "variant": "sha256_base64"}


class Migrations(unittest.TestCase):
    def test_imported_keys_verify(self):
        api_id = new_api("migrations")
        hashed, plaintext = str(uuid.uuid4()), str(uuid.uuid4())
        key_ids = root.migrations.create_keys(request=[
            {"api_id": api_id, "hash": hash_of(hashed), "name": "Imported", "meta": {"a": None}},
            {"api_id": api_id, "plaintext": plaintext},
        ]).object.key_ids
        got = verify(hashed)
        self.assertEqual((got.code.value, got.key_id, got.name), ("VALID", key_ids[0], "Imported"))
        self.assertEqual(got.meta, {"a": None})
        self.assertEqual(verify(plaintext).key_id, key_ids[1])

    def test_refusals(self):
        key = {"api_id": new_api("migrations"), "hash": hash_of("taken in Python")}
        root.migrations.create_keys(request=[key])
        with self.assertRaises(models.ErrConflict):
            root.migrations.create_keys(request=[key])
        with self.assertRaises(models.ErrPreconditionFailed):
            root.migrations.create_keys(request=[{**key, "roles": ["python-unknown"]}])
