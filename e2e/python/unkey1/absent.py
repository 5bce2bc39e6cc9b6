"""What Holdplane does not have, through unkey.py 0.10.0: it says so at once, and nobody
sends it again."""

import unittest

from client import root
from unkey_py import models


class Absent(unittest.TestCase):
    def absent(self, call, **request):
        with self.assertRaises(models.ErrNotFound) as caught:
            call(request=request)
        self.assertRegex(caught.exception.data.error.message, "(?i)not available")

    def test_analytics(self):
        self.absent(root.analytics.get_verifications, api_id="api_1")
        self.absent(root.keys.get_verifications, key_id="key_1")

    def test_queued_migrations(self):
        self.absent(root.migrations.enqueue, migration_id="m", api_id="api_1", keys=[])
