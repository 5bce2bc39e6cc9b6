"""The password plugin, and what a token says."""

import datetime
import unittest

from client import HELPER, NAME, OWNER, PASSWORD, PROJECT, URL, access, helper, owner, password
from keystoneauth1 import discover, session
from keystoneauth1.identity import v3


class Password(unittest.TestCase):
    def test_scoped(self):
        got = access(password(**PROJECT))
        self.assertTrue(got.project_scoped)
        self.assertEqual((got.user_id, got.username, got.user_domain_name), (OWNER, NAME, "Default"))
        self.assertEqual((got.project_name, got.project_domain_id), (PROJECT["project_name"], "default"))
        self.assertEqual(got.role_names, ["admin"])
        left = got.expires - datetime.datetime.now(datetime.timezone.utc)
        self.assertTrue(3500 < left.total_seconds() <= 3600, left)
        self.assertEqual(access(password(project_id=got.project_id)).project_id, got.project_id)

    def test_unscoped(self):
        for plugin in (password(), password(unscoped=True)):
            got = access(plugin)
            self.assertFalse(got.scoped or got.role_names)
        self.assertEqual(helper.auth.get_access(helper).user_id, HELPER)

    def test_by_id(self):
        got = access(v3.Password(URL, user_id=OWNER, password=PASSWORD, **PROJECT))
        self.assertEqual(got.username, NAME)

    def test_without_catalog(self):
        got = access(password(**PROJECT, include_catalog=False))
        self.assertFalse(got.has_service_catalog())

    def test_catalog(self):
        catalog = owner.auth.get_access(owner).service_catalog
        endpoint = catalog.url_for(service_type="identity", interface="public", region_name="RegionOne")
        self.assertEqual(owner.get_endpoint(service_type="identity"), endpoint)
        # By the catalog's address, past whoever looks on.
        listed = owner.get("/auth/projects", endpoint_filter={"service_type": "identity"}).json()
        self.assertEqual([p["name"] for p in listed["projects"]], [PROJECT["project_name"]])

    def test_versions(self):
        found = discover.Discover(session.Session(), URL)
        self.assertEqual(found.version_data()[0]["version"][0], 3)
        self.assertRegex(found.url_for("3"), "/v3/?$")
