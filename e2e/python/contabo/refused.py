"""What pfruck-contabo 2.0.0 is refused by 400 and 409. Its models refuse some of it before it
is sent, so here they are made without them."""

import unittest

from client import HELPER, OWNER, new_user, owner, refusal
from pfruck_contabo import CreateUserRequest, UpdateUserRequest
from pfruck_contabo.exceptions import ApiException, BadRequestException

USER = {"email": "refused@example.com", "enabled": True, "totp": False, "locale": "en"}


def create(**fields):
    return CreateUserRequest.model_construct(**{**USER, **fields})


class Refused(unittest.TestCase):
    def test_bad_users(self):
        for name, fields in {
            "locale": {"locale": "xx"}, "email": {"email": "nobody"}, "roles": {"roles": [999]},
            "firstName": {"first_name": "x" * 256}, "enabled": {"enabled": "true"}, "totp": {"totp": None},
        }.items():
            with self.subTest(name):
                message = refusal(BadRequestException, 400, owner.create_user, create(**fields))
                self.assertIn("role 999" if name == "roles" else name, message)

    def test_bad_updates(self):
        user = new_user()
        for name, fields in {"locale": {"locale": "xx"}, "email": {"email": ""}, "role": {"roles": [998]}}.items():
            with self.subTest(name):
                body = UpdateUserRequest.model_construct(**fields)
                self.assertIn(name, refusal(BadRequestException, 400, owner.update_user, user, body))

    def test_bad_queries(self):
        for query in ({"page": 0}, {"size": 0}, {"page": -1}):
            refusal(BadRequestException, 400, owner.retrieve_user_list, **query)
            refusal(BadRequestException, 400, owner.list_object_storage_credentials, OWNER, **query)

    def test_bad_request_ids(self):
        for x in ("1", "04e0f898-37b4-48bc-a794-1a57abe6aa3"):
            message = refusal(BadRequestException, 400, owner.retrieve_user, HELPER + x, x_request_id=x)
            self.assertIn("x-request-id", message)

    def test_addresses_that_are_taken(self):
        new_user(email="taken@example.com")
        other = new_user()
        for email in ("taken@example.com", "TAKEN@Example.com"):
            refusal(ApiException, 409, owner.create_user, create(email=email))
            refusal(ApiException, 409, owner.update_user, other, UpdateUserRequest(email=email))
