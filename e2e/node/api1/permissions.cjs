// Permissions and roles themselves through @unkey/api 0.38.0.
"use strict";

const assert = require("node:assert/strict");
const { test } = require("../check.cjs");
const { ok, other, reader, refused, root } = require("./client.cjs");

const { permissions } = root;

test("permissions: create, get, list and delete", async () => {
  const { permissionId } = await ok(permissions.createPermission({ name: "domain.read", description: "Reads" }));
  assert.match(permissionId, /^perm_/);
  const got = await ok(permissions.getPermission({ permissionId }));
  assert.deepEqual([got.id, got.name, got.description], [permissionId, "domain.read", "Reads"]);
  const bare = await ok(permissions.createPermission({ name: "domain.bare" }));
  assert.equal((await ok(permissions.getPermission(bare))).description, undefined);
  const listed = (await ok(permissions.listPermissions())).find((p) => p.id === permissionId);
  assert.deepEqual(listed, got);
  assert.deepEqual(await ok(permissions.deletePermission({ permissionId })), {});
  await refused("NOT_FOUND", permissions.getPermission({ permissionId }));
  await refused("NOT_FOUND", permissions.deletePermission({ permissionId }));
  assert.ok(!(await ok(permissions.listPermissions())).some((p) => p.id === permissionId));
  await ok(permissions.createPermission({ name: "domain.read" })); // the name is free again
});

test("roles: create, get, list and delete", async () => {
  const { roleId } = await ok(permissions.createRole({ name: "domain.manager", description: "Manages" }));
  assert.match(roleId, /^role_/);
  const got = await ok(permissions.getRole({ roleId }));
  assert.deepEqual(got, { id: roleId, name: "domain.manager", description: "Manages" });
  assert.deepEqual((await ok(permissions.listRoles())).find((r) => r.id === roleId), got);
  assert.deepEqual(await ok(permissions.deleteRole({ roleId })), {});
  await refused("NOT_FOUND", permissions.getRole({ roleId }));
  await refused("NOT_FOUND", permissions.deleteRole({ roleId }));
  await ok(permissions.createRole({ name: "domain.manager" }));
});

test("refusals", async () => {
  const { permissionId } = await ok(permissions.createPermission({ name: "twice.permission" }));
  const { roleId } = await ok(permissions.createRole({ name: "twice-role" }));
  await refused("CONFLICT", permissions.createPermission({ name: "twice.permission" }));
  await refused("CONFLICT", permissions.createRole({ name: "twice-role" }));
  await refused("BAD_REQUEST", permissions.createPermission({ name: "ab" }));
  await refused("BAD_REQUEST", permissions.createRole({ name: "ab" }));
  await refused("NOT_FOUND", permissions.getRole({ roleId: "role_unknown" }));
  await refused("FORBIDDEN", reader.permissions.createRole({ name: "by-reader" }));
  await refused("FORBIDDEN", reader.permissions.listPermissions());
  await refused("NOT_FOUND", other.permissions.getPermission({ permissionId }));
  await refused("NOT_FOUND", other.permissions.getRole({ roleId }));
  await refused("NOT_FOUND", other.permissions.deleteRole({ roleId }));
  await ok(other.permissions.createRole({ name: "twice-role" })); // names are a tenant's own
});
