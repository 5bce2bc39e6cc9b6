// Permissions and roles themselves through @unkey/api 2.5.1.
"use strict";

const assert = require("node:assert/strict");
const { test } = require("../check.cjs");
const { data, other, pages, reader, refused, root } = require("./client.cjs");

const { permissions: rbac } = root;

test("permissions: create, get and delete", async () => {
  const fields = { name: "Read documents", slug: "documents.read", description: "Lets read" };
  const { permissionId: id } = await data(rbac.createPermission(fields));
  assert.match(id, /^perm_/);
  assert.deepEqual(await data(rbac.getPermission({ permission: id })), { id, ...fields });
  assert.deepEqual(await data(rbac.getPermission({ permission: fields.slug })), { id, ...fields });
  const bare = { name: "Bare", slug: "documents.bare" };
  const { permissionId } = await data(rbac.createPermission(bare));
  assert.deepEqual(await data(rbac.getPermission({ permission: permissionId })), { id: permissionId, ...bare });
  assert.deepEqual(await data(rbac.deletePermission({ permission: fields.slug })), {});
  await refused(404, rbac.getPermission({ permission: id }));
  await refused(404, rbac.deletePermission({ permission: id }));
  await data(rbac.createPermission(fields)); // both names are free again
});

test("roles: create, get and delete", async () => {
  const fields = { name: "writer", description: "Writes" };
  const { roleId: id } = await data(rbac.createRole({ ...fields, permissions: ["w.read", "w.write"] }));
  assert.match(id, /^role_/);
  const { permissions, ...role } = await data(rbac.getRole({ role: id }));
  assert.deepEqual(role, { id, ...fields });
  assert.deepEqual(permissions.map((p) => p.slug).sort(), ["w.read", "w.write"]);
  assert.deepEqual(await data(rbac.getRole({ role: "writer" })), { ...role, permissions });
  const { roleId } = await data(rbac.createRole({ name: "bare" }));
  const { permissions: none = [], ...bare } = await data(rbac.getRole({ role: roleId }));
  assert.deepEqual([bare, none], [{ id: roleId, name: "bare" }, []]);
  assert.deepEqual(await data(rbac.deleteRole({ role: "writer" })), {});
  await refused(404, rbac.getRole({ role: id }));
  // The SDK has no class for the 404 of deleteRole.
  await assert.rejects(rbac.deleteRole({ role: id }), { statusCode: 404 });
  await data(rbac.createRole(fields));
});

test("set role permissions", async () => {
  const { roleId } = await data(rbac.createRole({ name: "set-by-id", permissions: ["s.old"] }));
  const slugs = (list) => list.map((p) => p.slug).sort();
  assert.deepEqual(slugs(await data(rbac.setRolePermissions({ roleId, permissions: ["s.new"] }))), ["s.new"]);
  assert.deepEqual(slugs((await data(rbac.getRole({ role: roleId }))).permissions), ["s.new"]);
  assert.deepEqual(await data(rbac.setRolePermissions({ roleId: "set-by-id", permissions: [] })), []);
  await refused(404, rbac.setRolePermissions({ roleId: "role_unknown", permissions: [] }));
});

for (const [name, create, list] of [
  ["permissions", (n) => rbac.createPermission({ name: n, slug: n }), (r) => rbac.listPermissions(r)],
  ["roles", (n) => rbac.createRole({ name: n }), (r) => rbac.listRoles(r)],
]) {
  test(`list ${name}`, async () => {
    const made = [...Array(7).keys()].map((i) => `List-${name}-${i}`);
    for (const n of made) await data(create(n));
    const search = `lIST-${name}`;
    for (const [limit, want] of [[undefined, [7]], [7, [7]], [3, [3, 3, 1]]]) {
      const { sizes, items } = await pages(list({ limit, search }));
      assert.deepEqual([sizes, items.map((i) => i.name).sort()], [want, made]);
    }
    const { items } = await pages(list({ limit: 4 }));
    assert.equal(new Set(items.map((i) => i.id)).size, items.length);
    assert.ok(made.every((n) => items.some((i) => i.name === n)));
    await refused(400, list({ limit: 101 }));
    assert.deepEqual(await pages(list({ search: "nobody's" })), { sizes: [0], items: [] });
  });
}

test("refusals", async () => {
  await data(rbac.createPermission({ name: "Twice", slug: "twice.slug" }));
  await data(rbac.createRole({ name: "twice-role" }));
  await refused(409, rbac.createPermission({ name: "Twice again", slug: "twice.slug" }));
  await refused(409, rbac.createRole({ name: "twice-role" }));
  await refused(400, rbac.createPermission({ name: "Bad", slug: "not allowed" }));
  await refused(400, rbac.createRole({ name: "" }));
  await refused(404, rbac.getPermission({ permission: "unknown" }));
  await refused(404, rbac.getRole({ role: "unknown" }));
  await refused(403, reader.permissions.createRole({ name: "by-reader" }));
  await refused(403, reader.permissions.listRoles({}));
  await refused(404, other.permissions.getRole({ role: "twice-role" }));
  await refused(404, other.permissions.getPermission({ permission: "twice.slug" }));
  await data(other.permissions.createRole({ name: "twice-role" })); // names are a tenant's own
});
