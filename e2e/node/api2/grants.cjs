// Permissions and roles of keys through @unkey/api 2.5.1. Their lists have no order.
"use strict";

const assert = require("node:assert/strict");
const { test } = require("../check.cjs");
const { data, newApi, other, reader, refused, root, verify } = require("./client.cjs");

const { keys, permissions: rbac } = root;

let api;
const create = async (fields) => data(keys.createKey({ apiId: (api ??= await newApi("grants")), ...fields }));
const newRole = async (name, permissions) => (await data(rbac.createRole({ name, permissions }))).roleId;

const slugs = (list) => list.map((p) => (assert.match(p.id, /^perm_/), p.slug)).sort();
const names = (list) => list.map((r) => (assert.match(r.id, /^role_/), r.name)).sort();

async function granted(key) {
  const { permissions = [], roles = [] } = await verify(key);
  return { permissions: permissions.sort(), roles: roles.sort() };
}

test("permissions: add, set and remove", async () => {
  const { keyId, key } = await create({ permissions: ["p.kept"] });
  await data(rbac.createPermission({ name: "Known", slug: "p.known", description: "Known before" }));
  const added = await data(keys.addPermissions({ keyId, permissions: ["p.known", "p.made"] }));
  assert.deepEqual(slugs(added), ["p.kept", "p.known", "p.made"]);
  const { id, ...known } = added.find((p) => p.slug === "p.known");
  assert.deepEqual(known, { name: "Known", slug: "p.known", description: "Known before" });
  assert.deepEqual((await granted(key)).permissions, ["p.kept", "p.known", "p.made"]);
  const again = await data(keys.addPermissions({ keyId, permissions: ["p.kept"] }));
  assert.deepEqual(slugs(again), ["p.kept", "p.known", "p.made"]);

  const left = await data(keys.removePermissions({ keyId, permissions: ["p.kept", id] }));
  assert.deepEqual(slugs(left), ["p.made"]);
  assert.deepEqual((await granted(key)).permissions, ["p.made"]);
  const set = await data(keys.setPermissions({ keyId, permissions: ["p.known", "p.new"] }));
  assert.deepEqual(slugs(set), ["p.known", "p.new"]);
  assert.deepEqual(await data(keys.setPermissions({ keyId, permissions: [] })), []);
  assert.deepEqual((await granted(key)).permissions, []);
});

test("roles: add, set and remove", async () => {
  await newRole("r-one", ["one.read"]);
  await newRole("r-two", ["two.read", "two.write"]);
  await newRole("r-three");
  const { keyId, key } = await create({ roles: ["r-one"] });
  const added = await data(keys.addRoles({ keyId, roles: ["r-two"] }));
  assert.deepEqual(names(added), ["r-one", "r-two"]);
  assert.deepEqual(slugs(added.find((r) => r.name === "r-two").permissions), ["two.read", "two.write"]);
  const permissions = ["one.read", "two.read", "two.write"];
  assert.deepEqual(await granted(key), { permissions, roles: ["r-one", "r-two"] });

  assert.deepEqual(names(await data(keys.removeRoles({ keyId, roles: ["r-two"] }))), ["r-one"]);
  assert.deepEqual(await granted(key), { permissions: ["one.read"], roles: ["r-one"] });
  assert.deepEqual(names(await data(keys.setRoles({ keyId, roles: ["r-three"] }))), ["r-three"]);
  assert.deepEqual(await data(keys.setRoles({ keyId, roles: [] })), []);
  assert.deepEqual(await granted(key), { permissions: [], roles: [] });
});

test("a changed role changes its keys", async () => {
  const roleId = await newRole("r-changing", ["c.old"]);
  const { key } = await create({ roles: ["r-changing"] });
  assert.deepEqual((await granted(key)).permissions, ["c.old"]);
  const now = await data(rbac.setRolePermissions({ roleId, permissions: ["c.new", "c.newer"] }));
  assert.deepEqual(slugs(now), ["c.new", "c.newer"]);
  assert.deepEqual((await granted(key)).permissions, ["c.new", "c.newer"]);
  await data(rbac.deletePermission({ permission: "c.newer" }));
  assert.deepEqual((await granted(key)).permissions, ["c.new"]);
  await data(rbac.deleteRole({ role: "r-changing" }));
  assert.deepEqual(await granted(key), { permissions: [], roles: [] });
});

test("refusals", async () => {
  const { keyId, key } = await create({});
  await newRole("r-refused");
  await refused(404, keys.addRoles({ keyId, roles: ["r-unknown"] }));
  await refused(404, keys.setRoles({ keyId, roles: ["r-refused", "r-unknown"] }));
  await refused(400, keys.addPermissions({ keyId, permissions: ["not allowed"] }));
  await refused(400, keys.addPermissions({ keyId, permissions: [] }));
  await refused(404, keys.addPermissions({ keyId: "key_unknown", permissions: ["x.y"] }));
  await refused(403, reader.keys.addPermissions({ keyId, permissions: ["x.y"] }));
  await refused(403, reader.keys.setRoles({ keyId, roles: ["r-refused"] }));
  await refused(404, other.keys.setPermissions({ keyId, permissions: ["x.y"] }));
  await refused(404, other.keys.removeRoles({ keyId, roles: ["r-refused"] }));
  assert.deepEqual(await granted(key), { permissions: [], roles: [] });
});
