"""401 and 403 through pfruck-contabo 2.0.0, at each of the twelve operations."""

import unittest

from client import OWNER, STORAGE, anonymous, get, helper, nobody, owner, refusal
from pfruck_contabo import CreateUserRequest, UpdateUserRequest
from pfruck_contabo.exceptions import ForbiddenException, UnauthorizedException

NEW = CreateUserRequest(email="door@example.com", enabled=True, totp=False, locale="en")
OPERATIONS = {
    "create_user": (NEW,),
    "delete_user": (OWNER,),
    "generate_client_secret": (),
    "get_object_storage_credentials": (OWNER, STORAGE, 1),
    "list_object_storage_credentials": (OWNER,),
    "regenerate_object_storage_credentials": (OWNER, STORAGE, 1),
    "resend_email_verification": (OWNER,),
    "reset_password": (OWNER,),
    "retrieve_user": (OWNER,),
    "retrieve_user_client": (),
    "retrieve_user_list": (),
    "update_user": (OWNER, UpdateUserRequest(first_name="Door")),
}


class Doors(unittest.TestCase):
    def doors(self, error, status, users):
        was = get(OWNER)
        for name, arguments in OPERATIONS.items():
            with self.subTest(name):
                refusal(error, status, getattr(users, name), *arguments)
        self.assertEqual(get(OWNER), was)

    def test_no_token(self):
        self.doors(UnauthorizedException, 401, anonymous)

    def test_bad_token(self):
        self.doors(UnauthorizedException, 401, nobody)

    def test_low_role(self):
        self.doors(ForbiddenException, 403, helper)

    def test_the_owner_stays(self):
        refusal(ForbiddenException, 403, owner.delete_user, OWNER)
        refusal(ForbiddenException, 403, owner.update_user, OWNER, UpdateUserRequest(enabled=False))
        refusal(ForbiddenException, 403, owner.update_user, OWNER, UpdateUserRequest(roles=[]))
