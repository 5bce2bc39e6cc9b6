"""The token plugin; and tokens that are validated and revoked."""

import unittest

from client import OWNER, PROJECT, access, bare, call, helper, log_in, owner, password, token


class Tokens(unittest.TestCase):
    def test_rescope(self):
        unscoped = access(password())
        got = access(token(unscoped.auth_token, **PROJECT))
        self.assertEqual((got.user_id, got.project_name), (OWNER, PROJECT["project_name"]))
        self.assertLessEqual(got.expires, unscoped.expires)
        self.assertEqual(got.audit_chain_id, unscoped.audit_id)

    def test_validate(self):
        mine = access(password(**PROJECT))
        got = call("GET", "/auth/tokens", subject=mine.auth_token)
        self.assertEqual(got.headers["X-Subject-Token"], mine.auth_token)
        said = got.json()["token"]
        self.assertEqual((said["user"]["id"], said["audit_ids"]), (OWNER, [mine.audit_id]))
        call("HEAD", "/auth/tokens", subject=mine.auth_token)
        self.assertEqual(call("GET", "/auth/tokens", by=helper, subject=helper.get_token()).status_code, 200)

    def test_validate_others(self):
        # Who may not read users learns nothing of others' tokens.
        self.assertEqual(call("GET", "/auth/tokens", subject=helper.get_token()).status_code, 200)
        for path, subject in (("/auth/tokens", owner.get_token()), ("/auth/tokens?nocatalog", "unknown")):
            got = call("GET", path, by=helper, subject=subject, raise_exc=False)
            self.assertEqual((got.status_code, got.json()["error"]["code"]), (404, 404))

    def test_revoke(self):
        mine, child = access(password(**PROJECT)), log_in(password())
        subject = child.get_token()
        call("DELETE", "/auth/tokens", subject=subject)
        self.assertEqual(call("GET", "/auth/tokens", subject=subject, raise_exc=False).status_code, 404)
        self.assertEqual(bare("GET", "/auth/projects", subject, subject), 401)
        # And oneself's.
        self.assertEqual(bare("DELETE", "/auth/tokens", mine.auth_token, mine.auth_token), 204)
        self.assertEqual(bare("GET", "/auth/catalog", mine.auth_token, mine.auth_token), 401)
