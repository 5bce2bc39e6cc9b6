"""Permissions and roles, and keys that have them, through unkey.py 3.2.2."""

import unittest

from client import code, new_api, new_key, other, pages, reader, root, verify
from unkey.py import errors

rbac = root.permissions


def slugs(answer):
    return sorted(p.slug for p in answer.data)


def names(answer):
    return sorted(r.name for r in answer.data)


class Grants(unittest.TestCase):
    def test_permissions(self):
        fields = {"name": "Python reads", "slug": "python.reads", "description": "Reads"}
        permission_id = rbac.create_permission(**fields).data.permission_id
        for permission in (permission_id, "python.reads"):
            got = rbac.get_permission(permission=permission).data
            self.assertEqual(got.model_dump(), {"id": permission_id, **fields})
        with self.assertRaises(errors.ConflictErrorResponse):
            rbac.create_permission(**fields)
        with self.assertRaises(errors.NotFoundErrorResponse):
            other.permissions.get_permission(permission="python.reads")
        rbac.delete_permission(permission="python.reads")
        with self.assertRaises(errors.NotFoundErrorResponse):
            rbac.get_permission(permission=permission_id)

    def test_roles(self):
        role_id = rbac.create_role(
            name="python-manager", description="Manages", permissions=["python.m"]
        ).data.role_id
        for role in (role_id, "python-manager"):
            got = rbac.get_role(role=role).data
            self.assertEqual((got.id, got.name), (role_id, "python-manager"))
            self.assertEqual(got.description, "Manages")
            self.assertEqual([p.slug for p in got.permissions], ["python.m"])
        with self.assertRaises(errors.ConflictErrorResponse):
            rbac.create_role(name="python-manager")
        request = {"role_id": role_id, "permissions": ["python.n"]}
        self.assertEqual(slugs(rbac.set_role_permissions(request=request)), ["python.n"])
        request = {"role": "python-manager", "permissions": ["python.m", "python.o"]}
        self.assertEqual(slugs(rbac.set_role_permissions(request=request)), ["python.m", "python.o"])
        rbac.delete_role(role="python-manager")
        with self.assertRaises(errors.NotFoundErrorResponse):
            rbac.get_role(role=role_id)

    def test_lists(self):
        for i in range(5):
            rbac.create_permission(name=f"List {i}", slug=f"list.{i}")
            rbac.create_role(name=f"list-{i}")
        sizes, items = pages(rbac.list_permissions(search="LIST.", limit=2))
        self.assertEqual((sizes, sorted(p.slug for p in items)), ([2, 2, 1], [f"list.{i}" for i in range(5)]))
        sizes, items = pages(rbac.list_roles(search="LIST-", limit=2))
        self.assertEqual((sizes, sorted(r.name for r in items)), ([2, 2, 1], [f"list-{i}" for i in range(5)]))

    def test_permissions_of_a_key(self):
        key_id, key = new_key(new_api("grants"), permissions=["python.kept"])

        def change(call, *permissions):
            return slugs(call(key_id=key_id, permissions=permissions))

        self.assertEqual(change(root.keys.add_permissions, "python.made"), ["python.kept", "python.made"])
        self.assertEqual(change(root.keys.remove_permissions, "python.kept"), ["python.made"])
        self.assertEqual(verify(key).permissions, ["python.made"])
        self.assertEqual(change(root.keys.set_permissions, "python.new"), ["python.new"])
        self.assertEqual(code(key, permissions="python.made"), "INSUFFICIENT_PERMISSIONS")

    def test_roles_of_a_key(self):
        for name in ("python-one", "python-two"):
            rbac.create_role(name=name, permissions=[f"{name}.read"])
        key_id, key = new_key(new_api("grants"), roles=["python-one"])

        def change(call, *roles):
            return names(call(key_id=key_id, roles=roles))

        self.assertEqual(change(root.keys.add_roles, "python-two"), ["python-one", "python-two"])
        self.assertEqual(change(root.keys.remove_roles, "python-one"), ["python-two"])
        self.assertEqual(verify(key).permissions, ["python-two.read"])
        self.assertEqual(change(root.keys.set_roles, "python-one"), ["python-one"])
        with self.assertRaises(errors.ForbiddenErrorResponse):
            reader.keys.add_roles(key_id=key_id, roles=["python-two"])
        with self.assertRaises(errors.NotFoundErrorResponse):
            change(root.keys.add_roles, "python-unknown")
