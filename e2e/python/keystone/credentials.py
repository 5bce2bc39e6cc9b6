"""The application-credential plugin: made by the API, used, deleted and refused."""

import unittest

from client import HELPER, NAME, OWNER, PROJECT, access, bare, call, credential, helper, log_in, owner
from keystoneauth1 import exceptions

PATH = f"/users/{OWNER}/application_credentials"


def create(by=owner, path=PATH, **fields):
    return call("POST", path, by=by, json={"application_credential": fields})


class Credentials(unittest.TestCase):
    def test_life(self):
        made = create(name="life", description="for a while").json()["application_credential"]
        self.assertEqual((made["name"], [r["name"] for r in made["roles"]]), ("life", ["admin"]))
        named = {"username": NAME, "user_domain_name": "Default", "application_credential_name": "life"}
        for by in ({"application_credential_id": made["id"]}, named):
            plugin = credential(application_credential_secret=made["secret"], **by)
            got = access(plugin)
            self.assertEqual((got.user_id, got.project_name), (OWNER, PROJECT["project_name"]))
            self.assertEqual(got.application_credential_id, made["id"])
        token = got.auth_token
        shown = call("GET", f"{PATH}/{made['id']}").json()["application_credential"]
        self.assertNotIn("secret", shown)
        self.assertIn(shown, call("GET", PATH).json()["application_credentials"])
        call("DELETE", f"{PATH}/{made['id']}")
        plugin.invalidate()
        with self.assertRaises(exceptions.Unauthorized):
            access(plugin)
        self.assertEqual(bare("GET", "/auth/projects", token, token), 401)
        self.assertEqual(call("GET", f"{PATH}/{made['id']}", raise_exc=False).status_code, 404)

    def test_wrong_secret(self):
        made = create(name="guarded").json()["application_credential"]
        for fields in (
            {"application_credential_id": made["id"], "application_credential_secret": "wrong"},
            {"application_credential_id": "unknown", "application_credential_secret": made["secret"]},
        ):
            with self.assertRaises(exceptions.Unauthorized):
                access(credential(**fields))

    def test_it_makes_no_others(self):
        made = create(name="barren").json()["application_credential"]
        session = log_in(credential(
            application_credential_id=made["id"], application_credential_secret=made["secret"]
        ))
        with self.assertRaises(exceptions.Forbidden):
            create(by=session, name="child")
        with self.assertRaises(exceptions.Forbidden):
            call("DELETE", f"{PATH}/{made['id']}", by=session)

    def test_refusals(self):
        create(name="twice")
        with self.assertRaises(exceptions.Conflict):
            create(name="twice")
        with self.assertRaises(exceptions.BadRequest):
            create(name="")
        with self.assertRaises(exceptions.NotFound):
            create(path=f"/users/{HELPER}/application_credentials", name="theirs")
        with self.assertRaises(exceptions.Forbidden):  # an unscoped token is for nothing
            create(by=helper, path=f"/users/{HELPER}/application_credentials", name="mine")
