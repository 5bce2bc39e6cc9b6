"""Permissions and roles, and keys that have them, through unkey.py 0.10.0."""

import unittest

from client import new_api, new_key, other, reader, root, verify
from unkey_py import models


def names(answer):
    return sorted(p.name for p in answer.response_bodies)


class Grants(unittest.TestCase):
    def test_permissions(self):
        name = {"name": "python.domain.read", "description": "Reads"}
        permission_id = root.permissions.create(request=name).object.permission_id
        got = root.permissions.get(permission_id=permission_id).object
        self.assertEqual((got.id, got.name, got.description), (permission_id, *name.values()))
        self.assertIn(permission_id, [p.id for p in root.permissions.list().response_bodies])
        with self.assertRaises(models.ErrConflict):
            root.permissions.create(request=name)
        with self.assertRaises(models.ErrNotFound):
            other.permissions.get(permission_id=permission_id)
        root.permissions.delete(request={"permission_id": permission_id})
        with self.assertRaises(models.ErrNotFound):
            root.permissions.get(permission_id=permission_id)

    def test_roles(self):
        name = {"name": "python-manager", "description": "Manages"}
        role_id = root.permissions.create_role(request=name).object.role_id
        got = root.permissions.get_role(role_id=role_id).object
        self.assertEqual((got.id, got.name, got.description), (role_id, *name.values()))
        self.assertIn(role_id, [r.id for r in root.permissions.list_roles().response_bodies])
        with self.assertRaises(models.ErrConflict):
            root.permissions.create_role(request=name)
        root.permissions.delete_role(request={"role_id": role_id})
        with self.assertRaises(models.ErrNotFound):
            root.permissions.get_role(role_id=role_id)

    def test_permissions_of_a_key(self):
        key_id, key = new_key(new_api("grants"), permissions=["python.kept"])

        def change(call, *permissions):
            return call(request={"key_id": key_id, "permissions": list(permissions)})

        made = {"name": "python.made", "create": True}
        self.assertEqual(names(change(root.keys.add_permissions, made)), ["python.kept", "python.made"])
        change(root.keys.remove_permissions, {"name": "python.kept"})
        self.assertEqual(verify(key).permissions, ["python.made"])
        new = {"name": "python.new", "create": True}
        self.assertEqual(names(change(root.keys.set_permissions, new)), ["python.new"])
        self.assertEqual(verify(key).permissions, ["python.new"])
        with self.assertRaises(models.ErrNotFound):
            change(root.keys.add_permissions, {"name": "python.unknown"})

    def test_roles_of_a_key(self):
        key_id, key = new_key(new_api("grants"), roles=["python-kept"])

        def change(call, *roles):
            return call(request={"key_id": key_id, "roles": list(roles)})

        made = {"name": "python-made", "create": True}
        self.assertEqual(names(change(root.keys.add_roles, made)), ["python-kept", "python-made"])
        change(root.keys.remove_roles, {"name": "python-kept"})
        self.assertEqual(verify(key).roles, ["python-made"])
        new = {"name": "python-new", "create": True}
        self.assertEqual(names(change(root.keys.set_roles, new)), ["python-new"])
        with self.assertRaises(models.ErrForbidden):
            reader.keys.add_roles(request={"key_id": key_id, "roles": [{"name": "python-new"}]})
