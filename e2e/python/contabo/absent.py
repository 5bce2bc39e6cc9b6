"""404 through pfruck-contabo 2.0.0: the same whether nobody has an id, another tenant's user
has it, or it is none."""

import unittest

from client import FOREIGN, HELPER, OWNER, STORAGE, ask, owner, refusal, request_id
from pfruck_contabo import UpdateUserRequest
from pfruck_contabo.exceptions import NotFoundException

UNKNOWN = request_id()


class Absent(unittest.TestCase):
    def absent(self, call, *arguments):
        return refusal(NotFoundException, 404, call, *arguments)

    def test_users(self):
        for name, call in {
            "retrieve": lambda user: self.absent(owner.retrieve_user, user),
            "update": lambda user: self.absent(owner.update_user, user, UpdateUserRequest(totp=False)),
            "delete": lambda user: self.absent(owner.delete_user, user),
            "reset": lambda user: self.absent(owner.reset_password, user),
            "resend": lambda user: self.absent(owner.resend_email_verification, user),
            "credentials": lambda user: self.absent(owner.list_object_storage_credentials, user),
            "credential": lambda user: self.absent(owner.get_object_storage_credentials, user, STORAGE, 1),
            "regenerate": lambda user: self.absent(owner.regenerate_object_storage_credentials, user, STORAGE, 1),
        }.items():
            with self.subTest(name):
                self.assertEqual(len({call(user) for user in (UNKNOWN, FOREIGN, "0", "ü/..")}), 1)

    def test_credentials(self):
        (mine,) = ask(owner.list_object_storage_credentials, OWNER).data
        for call in (owner.get_object_storage_credentials, owner.regenerate_object_storage_credentials):
            for user, storage, number in (
                (OWNER, STORAGE, mine.credential_id + 1000),
                (OWNER, UNKNOWN, mine.credential_id),
                (HELPER, STORAGE, mine.credential_id),
                (OWNER, STORAGE, 2**53),
            ):
                self.absent(call, user, storage, number)
