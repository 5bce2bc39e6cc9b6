"""What Holdplane does not have, through unkey.py 3.2.2: it says so at once, and nobody
sends it again. The SDK has no class for most of these."""

import json
import unittest

from client import root
from unkey.py import errors


class Absent(unittest.TestCase):
    def absent(self, call, **arguments):
        with self.assertRaises(errors.UnkeyError) as caught:
            call(**arguments)
        self.assertEqual(caught.exception.status_code, 404)
        error = json.loads(caught.exception.body)["error"]
        self.assertEqual((error["status"], error["title"]), (404, "Not Found"))
        self.assertRegex(error["detail"], "(?i)not available")

    def test_analytics(self):
        self.absent(root.analytics.get_verifications, query="SELECT 1")
        self.absent(root.analytics.get_ratelimits, query="SELECT 1")

    def test_deploy(self):
        self.absent(root.projects.list_projects)
        self.absent(root.deployments.get_deployment, deployment_id="d_1")
