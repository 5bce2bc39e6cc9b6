"""create_user, retrieve_user, update_user and delete_user of pfruck-contabo 2.0.0."""

import unittest

from client import HELPER, OWNER, ask, get, helper, new_user, owner, refusal
from pfruck_contabo import CreateUserRequest, UpdateUserRequest
from pfruck_contabo.exceptions import NotFoundException


class Users(unittest.TestCase):
    def update(self, user, **fields):
        answer = ask(owner.update_user, user, UpdateUserRequest(**fields))
        self.assertEqual(answer.links.var_self, f"/v1/users/{user}")
        return get(user)

    def test_create(self):
        body = CreateUserRequest(
            first_name="Zoë", last_name="O'Brien", email="Zoe@example.com", enabled=True,
            totp=False, locale="de-DE", roles=[4, 3, 4],
        )
        made = ask(owner.create_user, body, status=201, x_trace_id="trace")
        got = get(made.data[0].user_id)
        self.assertEqual(made.links.var_self, f"/v1/users/{got.user_id}")
        self.assertEqual((made.data[0].tenant_id, made.data[0].customer_id), (got.tenant_id, got.customer_id))
        self.assertEqual((got.first_name, got.last_name, got.email), ("Zoë", "O'Brien", "Zoe@example.com"))
        self.assertEqual((got.enabled, got.totp, got.locale), (True, False, "de-DE"))
        self.assertEqual((got.email_verified, got.owner), (False, False))
        self.assertEqual([r.role_id for r in got.roles], [4, 3])
        role = got.roles[0]
        self.assertEqual((role.name, role.type, role.admin), ("Object Storage r/w", "default", False))
        self.assertEqual([p.api_name for p in role.permissions][:1], ["/v1/object-storages"])

    def test_names_are_never_empty(self):
        got = get(new_user(email="nameless@example.com", enabled=False, totp=True, locale="en-US"))
        self.assertEqual((got.first_name, got.last_name), ("nameless", "-"))
        self.assertEqual((got.enabled, got.totp, got.roles), (False, True, []))

    def test_owner_and_helper(self):
        self.assertEqual((get(OWNER).owner, get(HELPER).owner), (True, False))
        self.assertEqual(ask(helper.retrieve_user, HELPER).data[0], get(HELPER))

    def test_update(self):
        user = new_user(first_name="A", last_name="B", roles=[3])
        was = get(user)
        self.assertEqual(self.update(user), was)
        for field, value in (
            ("first_name", "C"), ("last_name", "D"), ("locale", "de"), ("totp", True),
            ("enabled", False), ("enabled", True), ("totp", False), ("email", f"new-{was.email}"),
        ):
            got = self.update(user, **{field: value})
            was = was.model_copy(update={field: value})
            self.assertEqual(got, was)
        self.assertEqual([r.role_id for r in self.update(user, roles=[2, 4]).roles], [2, 4])
        self.assertEqual(self.update(user, roles=[]).roles, [])

    def test_update_of_oneself(self):
        ask(helper.update_user, HELPER, UpdateUserRequest(first_name="Helga"))
        self.assertEqual(get(HELPER).first_name, "Helga")

    def test_an_address_is_free_again(self):
        user = new_user(email="again@example.com")
        ask(owner.delete_user, user, status=204)
        refusal(NotFoundException, 404, owner.retrieve_user, user)
        self.assertNotEqual(new_user(email="AGAIN@example.com"), user)
