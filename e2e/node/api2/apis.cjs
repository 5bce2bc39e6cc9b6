// APIs through @unkey/api 2.5.1.
"use strict";

const assert = require("node:assert/strict");
const { test } = require("../check.cjs");
const { code, data, newApi, other, pages, reader, refused, root } = require("./client.cjs");

const { apis, keys } = root;

test("create and get", async () => {
  const id = await newApi("My API");
  assert.match(id, /^api_/);
  assert.deepEqual(await data(apis.getApi({ apiId: id })), { id, name: "My API" });
});

test("list keys", async () => {
  const apiId = await newApi("list-keys");
  assert.deepEqual(await pages(apis.listKeys({ apiId })), { sizes: [0], items: [] });
  const ids = [];
  for (let i = 0; i < 7; i++) {
    const externalId = i % 2 ? "odd-user" : undefined;
    ids.push((await data(keys.createKey({ apiId, name: `key ${i}`, externalId }))).keyId);
  }
  for (const [limit, want] of [[undefined, [7]], [7, [7]], [3, [3, 3, 1]]]) {
    const { sizes, items } = await pages(apis.listKeys({ apiId, limit }));
    assert.deepEqual([sizes, items.map((k) => k.keyId)], [want, ids]);
    for (const key of items) assert.deepEqual(await data(keys.getKey({ keyId: key.keyId })), key);
  }
  const { sizes, items } = await pages(apis.listKeys({ apiId, limit: 2, externalId: "odd-user" }));
  assert.deepEqual([sizes, items.map((k) => k.name)], [[2, 1], ["key 1", "key 3", "key 5"]]);
});

test("delete takes the keys along", async () => {
  const apiId = await newApi("delete");
  const { key, keyId } = await data(keys.createKey({ apiId }));
  assert.equal(await code(key), "VALID");
  assert.deepEqual(await data(apis.deleteApi({ apiId })), {});
  assert.equal(await code(key), "NOT_FOUND");
  await refused(404, apis.getApi({ apiId }));
  await refused(404, apis.listKeys({ apiId }));
  await refused(404, keys.createKey({ apiId }));
  await refused(404, apis.deleteApi({ apiId }));
  await refused(404, keys.getKey({ keyId }));
});

test("refusals", async () => {
  const apiId = await newApi("refusals");
  await refused(400, apis.createApi({ name: "ab" }));
  await refused(400, apis.getApi({ apiId: "" }));
  await refused(400, apis.listKeys({ apiId, limit: 101 }));
  await refused(404, apis.getApi({ apiId: "api_unknown" }));
  await refused(403, reader.apis.createApi({ name: "by-reader" }));
  await refused(403, reader.apis.listKeys({ apiId }));
  await refused(403, reader.apis.deleteApi({ apiId }));
  await refused(404, other.apis.getApi({ apiId }));
  await refused(404, other.apis.listKeys({ apiId }));
  await refused(404, other.apis.deleteApi({ apiId }));
});
