"""Taking over keys of which only hashes are known, through unkey.py 3.2.2."""

import base64
import hashlib
import unittest
import uuid

from client import new_api, root, verify

MIGRATION = "sha256"  # hashes as Unkey's own


def hash_of(key):
    return base64.b64encode(hashlib.sha256(key.encode()).digest()).decode()


class Migrations(unittest.TestCase):
    def test_migrated_keys_verify(self):
        api_id, key = new_api("migrations"), str(uuid.uuid4())
        keys = [{"hash": hash_of(key), "name": "Migrated", "meta": {"a": None}}]

        def migrate():
            return root.keys.migrate_keys(migration_id=MIGRATION, api_id=api_id, keys=keys).data

        first = migrate()
        self.assertEqual(([m.hash for m in first.migrated], first.failed), ([hash_of(key)], []))
        got = verify(key)
        self.assertEqual((got.code, got.key_id), ("VALID", first.migrated[0].key_id))
        self.assertEqual((got.name, got.meta), ("Migrated", {"a": None}))
        again = migrate()
        self.assertEqual((again.migrated, again.failed), ([], [hash_of(key)]))
