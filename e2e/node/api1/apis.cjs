// APIs through @unkey/api 0.38.0.
"use strict";

const assert = require("node:assert/strict");
const { test } = require("../check.cjs");
const { anybody, ok, other, pages, reader, refused, root } = require("./client.cjs");

async function createApi(name) {
  const { apiId } = await ok(root.apis.create({ name }));
  assert.match(apiId, /^api_/);
  return apiId;
}

test("create and get", async () => {
  const id = await createApi("My API");
  const { workspaceId, ...rest } = await ok(root.apis.get({ apiId: id }));
  assert.deepEqual(rest, { id, name: "My API" });
  assert.ok(workspaceId);
  assert.notEqual(await createApi("My API"), id); // names need not be unique
});

test("list keys", async () => {
  const apiId = await createApi("list-keys");
  assert.deepEqual(await ok(root.apis.listKeys({ apiId })), { keys: [], total: 0 });
  const ids = [];
  for (let i = 0; i < 7; i++) {
    const externalId = i % 2 ? "odd-user" : undefined;
    ids.push((await ok(root.keys.create({ apiId, name: `key ${i}`, externalId }))).keyId);
  }
  const { keys, total } = await ok(root.apis.listKeys({ apiId }));
  assert.equal(total, 7);
  assert.deepEqual(keys.map((k) => [k.id, k.name, k.apiId]), ids.map((id, i) => [id, `key ${i}`, apiId]));
  for (const key of keys) assert.deepEqual(await ok(root.keys.get({ keyId: key.id })), key);

  for (const [limit, want] of [[100, [7]], [7, [7]], [3, [3, 3, 1]]]) {
    const { sizes, items } = await pages(root.apis.listKeys, "keys", { apiId, limit });
    assert.deepEqual([sizes, items], [want, keys]); // no cursor on the last page, even a full one
  }
  for (const filter of [{ externalId: "odd-user" }, { ownerId: "odd-user" }]) {
    const { sizes, items } = await pages(root.apis.listKeys, "keys", { apiId, limit: 2, ...filter });
    assert.deepEqual([sizes, items], [[2, 1], keys.filter((_, i) => i % 2)]);
  }
  assert.deepEqual((await ok(root.apis.listKeys({ apiId, externalId: "nobody" }))).keys, []);
});

test("delete takes the keys along", async () => {
  const apiId = await createApi("delete");
  const { key, keyId } = await ok(root.keys.create({ apiId }));
  assert.equal((await ok(anybody.keys.verify({ key }))).code, "VALID");
  assert.deepEqual(await ok(root.apis.delete({ apiId })), {});
  assert.equal((await ok(anybody.keys.verify({ key }))).code, "NOT_FOUND");
  await refused("NOT_FOUND", root.keys.get({ keyId }));
  await refused("NOT_FOUND", root.apis.get({ apiId }));
  await refused("NOT_FOUND", root.apis.listKeys({ apiId }));
  await refused("NOT_FOUND", root.keys.create({ apiId }));
  await refused("NOT_FOUND", root.apis.delete({ apiId }));
});

test("refusals", async () => {
  const apiId = await createApi("refusals");
  await refused("BAD_REQUEST", root.apis.create({ name: "ab" }));
  await refused("BAD_REQUEST", root.apis.create({}));
  await refused("BAD_REQUEST", root.apis.get({}));
  await refused("BAD_REQUEST", root.apis.listKeys({ apiId, limit: 0 }));
  await refused("BAD_REQUEST", root.apis.listKeys({ apiId, limit: 101 }));
  await refused("NOT_FOUND", root.apis.get({ apiId: "api_unknown" }));
  await refused("FORBIDDEN", reader.apis.create({ name: "by-reader" }));
  await refused("FORBIDDEN", reader.apis.listKeys({ apiId }));
  await refused("FORBIDDEN", reader.apis.delete({ apiId }));
  await refused("NOT_FOUND", other.apis.get({ apiId }));
  await refused("NOT_FOUND", other.apis.listKeys({ apiId }));
  await refused("NOT_FOUND", other.apis.delete({ apiId }));
});
