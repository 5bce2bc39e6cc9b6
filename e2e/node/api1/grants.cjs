// Permissions and roles of keys through @unkey/api 0.38.0. Their lists have no order.
"use strict";

const assert = require("node:assert/strict");
const { test } = require("../check.cjs");
const { anybody, ok, other, reader, refused, root } = require("./client.cjs");

async function create(fields) {
  const { apiId } = await ok(root.apis.create({ name: "grants" }));
  return ok(root.keys.create({ apiId, ...fields }));
}

const names = (list) => list.map((p) => p.name).sort();

async function granted({ key, keyId }) {
  const { roles = [], permissions = [] } = await ok(root.keys.get({ keyId }));
  const verdict = await ok(anybody.keys.verify({ key }));
  assert.deepEqual([...(verdict.roles ?? [])].sort(), [...roles].sort());
  assert.deepEqual([...(verdict.permissions ?? [])].sort(), [...permissions].sort());
  return { roles: [...roles].sort(), permissions: [...permissions].sort() };
}

test("permissions: add, set and remove", async () => {
  const key = await create({ permissions: ["p.kept"] });
  const { keyId } = key;
  const { permissionId } = await ok(root.permissions.createPermission({ name: "p.byId" }));
  const added = await ok(
    root.keys.addPermissions({ keyId, permissions: [{ id: permissionId }, { name: "p.made", create: true }] }),
  );
  assert.deepEqual(names(added), ["p.byId", "p.kept", "p.made"]);
  for (const { id } of added) assert.match(id, /^perm_/);
  assert.deepEqual((await granted(key)).permissions, ["p.byId", "p.kept", "p.made"]);

  const removed = { keyId, permissions: [{ id: permissionId }, { name: "p.kept" }] };
  assert.deepEqual(await ok(root.keys.removePermissions(removed)), {});
  assert.deepEqual((await granted(key)).permissions, ["p.made"]);

  const permissions = [{ name: "p.byId" }, { name: "p.new", create: true }];
  assert.deepEqual(names(await ok(root.keys.setPermissions({ keyId, permissions }))), ["p.byId", "p.new"]);
  assert.deepEqual((await granted(key)).permissions, ["p.byId", "p.new"]);
});

test("roles: add, set and remove", async () => {
  const key = await create({ roles: ["r-kept"] });
  const { keyId } = key;
  const { roleId } = await ok(root.permissions.createRole({ name: "r-byId" }));
  const roles = [{ id: roleId }, { name: "r-made", create: true }];
  const added = await ok(root.keys.addRoles({ keyId, roles }));
  assert.deepEqual(names(added), ["r-byId", "r-kept", "r-made"]);
  for (const { id } of added) assert.match(id, /^role_/);

  const removed = { keyId, roles: [{ id: roleId }, { name: "r-kept" }] };
  assert.deepEqual(await ok(root.keys.removeRoles(removed)), {});
  assert.deepEqual((await granted(key)).roles, ["r-made"]);

  const set = [{ name: "r-byId" }, { name: "r-new", create: true }];
  assert.deepEqual(names(await ok(root.keys.setRoles({ keyId, roles: set }))), ["r-byId", "r-new"]);
  assert.deepEqual((await granted(key)).roles, ["r-byId", "r-new"]);
});

test("what is deleted leaves the keys", async () => {
  const key = await create({ roles: ["r-gone"], permissions: ["p.gone", "p.stays"] });
  const permission = (await ok(root.permissions.listPermissions())).find((p) => p.name === "p.gone");
  const role = (await ok(root.permissions.listRoles())).find((r) => r.name === "r-gone");
  await ok(root.permissions.deletePermission({ permissionId: permission.id }));
  await ok(root.permissions.deleteRole({ roleId: role.id }));
  assert.deepEqual(await granted(key), { roles: [], permissions: ["p.stays"] });
});

test("refusals", async () => {
  const key = await create({});
  const { keyId } = key;
  const permissions = [{ name: "p.unknown" }];
  const roles = [{ name: "r-unknown" }];
  await refused("NOT_FOUND", root.keys.addPermissions({ keyId, permissions }));
  await refused("NOT_FOUND", root.keys.setPermissions({ keyId, permissions }));
  await refused("NOT_FOUND", root.keys.addRoles({ keyId, roles }));
  await refused("NOT_FOUND", root.keys.setRoles({ keyId, roles }));
  await refused("BAD_REQUEST", root.keys.addPermissions({ keyId, permissions: [] }));
  await refused("FORBIDDEN", reader.keys.addPermissions({ keyId, permissions: [{ name: "x.y", create: true }] }));
  await refused("FORBIDDEN", reader.keys.addRoles({ keyId, roles: [{ name: "x-y", create: true }] }));
  await refused("NOT_FOUND", other.keys.addRoles({ keyId, roles: [{ name: "theirs", create: true }] }));
  await refused("NOT_FOUND", root.keys.addRoles({ keyId: "key_unknown", roles: [{ name: "r", create: true }] }));
  assert.deepEqual(await granted(key), { roles: [], permissions: [] });
});
