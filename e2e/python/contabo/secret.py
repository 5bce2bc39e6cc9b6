"""retrieve_user_client and generate_client_secret of pfruck-contabo 2.0.0."""

import os
import unittest

from client import CLIENT, ask, grant, login, owner, users

NAME, PASSWORD = os.environ["CONTABO_USERNAME"], os.environ["CONTABO_PASSWORD"]


class Secret(unittest.TestCase):
    def test_secret(self):
        was = ask(owner.retrieve_user_client).data[0]
        self.assertEqual({"client_id": was.client_id, "client_secret": was.secret}, CLIENT)
        token = login(NAME, PASSWORD)
        made = ask(owner.generate_client_secret).data[0]
        now = ask(owner.retrieve_user_client).data[0]
        self.assertEqual((now.secret, now.id, now.client_id), (made.secret, was.id, was.client_id))
        self.assertNotEqual(made.secret, was.secret)
        # Tokens stay, and logins need the new one.
        ask(users(token["access_token"]).retrieve_user_client)
        status, answer = grant("password", username=NAME, password=PASSWORD, **CLIENT)
        self.assertEqual((status, answer["error"]), (401, "unauthorized_client"))
        CLIENT["client_secret"] = made.secret
        login(NAME, PASSWORD)
