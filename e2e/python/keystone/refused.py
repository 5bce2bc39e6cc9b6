"""Logins that are refused. keystoneauth asks for /v3/auth/tokens once, whatever it gets."""

import os
import unittest

from client import HELPER, NAME, PASSWORD, PROJECT, URL, access, call, password, token
from keystoneauth1 import exceptions, session
from keystoneauth1.identity import v3

HELPERS = os.environ["HELPER_NAME"], os.environ["HELPER_PASSWORD"]


class Refused(unittest.TestCase):
    def test_unauthorized(self):
        for name, plugin in {
            "wrong password": password(secret="wrong", **PROJECT),
            "unknown user": password("nobody"),
            "unknown domain": v3.Password(URL, username=NAME, password=PASSWORD, user_domain_name="Other"),
            "unknown project": password(project_name="unknown", project_domain_id="default"),
            "another tenant's project": password(project_id="contabo"),
            "a project without a role": password(*HELPERS, **PROJECT),
            "a domain": password(domain_id="default"),
            "bad token": token("unknown", **PROJECT),
        }.items():
            with self.subTest(name), self.assertRaises(exceptions.Unauthorized) as caught:
                access(plugin)
            self.assertIn("requires authentication", str(caught.exception))

    def test_other_users_look_unknown(self):
        got = call("GET", f"/users/{HELPER}/projects", raise_exc=False)
        self.assertEqual(got.status_code, 404)

    def test_malformed(self):
        for body in ({}, {"auth": {}}, {"auth": {"identity": {"methods": ["password"], "password": {}}}}):
            got = session.Session().post(URL + "/auth/tokens", json=body, authenticated=False, raise_exc=False)
            self.assertEqual((got.status_code, got.json()["error"]["title"]), (400, "Bad Request"))
