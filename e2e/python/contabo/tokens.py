"""The token endpoint, as users of pfruck-contabo 2.0.0, which has no operation for it, ask it."""

import base64
import json
import os
import unittest

import urllib3
from client import BASE, CLIENT, OWNER, get, grant, http, login, session, users

NAME, PASSWORD = os.environ["CONTABO_USERNAME"], os.environ["CONTABO_PASSWORD"]


def claims(token):
    payload = token.split(".")[1]
    # Contabo's CLI reads them with the standard alphabet.
    return json.loads(base64.b64decode(payload + "=" * (-len(payload) % 4), validate=True))


class Tokens(unittest.TestCase):
    def test_password(self):
        self.assertEqual((session["token_type"], session["expires_in"]), ("Bearer", 300))
        self.assertEqual((session["refresh_expires_in"], session["not-before-policy"]), (1800, 0))
        got = claims(session["access_token"])
        self.assertEqual((got["sub"], got["preferred_username"]), (OWNER, NAME))
        shown = get(OWNER)
        self.assertEqual((got["tenantId"], got["customerId"]), (shown.tenant_id, shown.customer_id))
        self.assertGreater(claims(session["refresh_token"])["exp"], got["exp"])

    def test_basic(self):
        pair = "{client_id}:{client_secret}".format(**CLIENT)
        status, answer = grant(
            "password", urllib3.make_headers(basic_auth=pair), username=NAME, password=PASSWORD
        )
        self.assertEqual(status, 200, answer)

    def test_refresh(self):
        old = login(NAME, PASSWORD)
        status, new = grant("refresh_token", refresh_token=old["refresh_token"], **CLIENT)
        self.assertEqual(status, 200, new)
        self.assertNotEqual(new["access_token"], old["access_token"])
        for token in (old, new):
            users(token["access_token"]).retrieve_user("0" * 8 + "-0000-4000-8000-" + "0" * 12, OWNER)

    def test_refusals(self):
        secret = {**CLIENT, "client_secret": "wrong"}
        for status, error, fields in (
            (401, "invalid_grant", {"username": NAME, "password": "wrong", **CLIENT}),
            (401, "invalid_grant", {"username": "no@example.com", "password": PASSWORD, **CLIENT}),
            (401, "unauthorized_client", {"username": NAME, "password": PASSWORD, **secret}),
            (400, "invalid_request", {"username": NAME, **CLIENT}),
        ):
            with self.subTest(error=error, **fields):
                got, answer = grant("password", **fields)
                self.assertEqual((got, answer["error"]), (status, error))
                self.assertTrue(answer["error_description"])
        for status, error, kind, fields in (
            (400, "invalid_grant", "refresh_token", {"refresh_token": session["access_token"]}),
            (400, "unsupported_grant_type", "client_credentials", {}),
        ):
            with self.subTest(error=error, kind=kind):
                got, answer = grant(kind, **fields, **CLIENT)
                self.assertEqual((got, answer["error"]), (status, error))

    def test_documents(self):
        realm = BASE + "/auth/realms/contabo"
        found = json.loads(http.request("GET", realm + "/.well-known/openid-configuration").data)
        self.assertEqual(found["issuer"], claims(session["access_token"])["iss"])
        keys = json.loads(http.request("GET", realm + "/protocol/openid-connect/certs").data)["keys"]
        header = session["access_token"].split(".")[0]
        kid = json.loads(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)))["kid"]
        self.assertIn(kid, [key["kid"] for key in keys])
