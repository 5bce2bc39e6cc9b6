// Keys through @unkey/api 0.38.0: made, read, changed, removed.
"use strict";

const assert = require("node:assert/strict");
const { DAY, test } = require("../check.cjs");
const { anybody, ok, other, plainGet, reader, refused, root } = require("./client.cjs");

const META = { nested: { list: [1, null, { a: "ü" }] }, big: Number.MAX_SAFE_INTEGER, "": false };
const SOON = Date.now() + DAY;

let api;
const apiId = async () => (api ??= (await ok(root.apis.create({ name: "keys" }))).apiId);
const create = async (fields) => ok(root.keys.create({ apiId: await apiId(), ...fields }));
const get = (keyId) => ok(root.keys.get({ keyId }));

// A key object without what differs from one run to the next, which it checks.
function settled({ createdAt, updatedAt, workspaceId, start, identity, refill, ...key }) {
  assert.ok(Math.abs(createdAt - Date.now()) < 60_000, `createdAt ${createdAt}`);
  assert.ok(updatedAt === undefined || Math.abs(updatedAt - Date.now()) < 60_000, `updatedAt ${updatedAt}`);
  assert.ok(workspaceId && start);
  if (identity) {
    const { id, ...rest } = identity;
    assert.match(id, /^id_/);
    key.identity = { meta: {}, ...rest };
  }
  if (refill) {
    const { lastRefillAt, ...rest } = refill;
    assert.ok(lastRefillAt === undefined || lastRefillAt <= Date.now());
    key.refill = rest;
  }
  return { ...key, roles: [...(key.roles ?? [])].sort(), permissions: [...(key.permissions ?? [])].sort() };
}

// A secret is base58 of a version byte, the length and the random bytes.
test("create with everything and get", async () => {
  const { keyId, key } = await create({
    prefix: "live",
    name: "Everything",
    byteLength: 32,
    externalId: "key-user",
    meta: META,
    roles: ["admin"],
    permissions: ["docs.read", "docs.write"],
    expires: SOON,
    remaining: 1000,
    refill: { interval: "monthly", amount: 100, refillDay: 15 },
    ratelimit: { async: true, limit: 10, duration: 60_000 },
    enabled: true,
    environment: "test",
  });
  assert.match(keyId, /^key_/);
  assert.match(key, /^live_[1-9A-HJ-NP-Za-km-z]{46}$/);
  const got = await get(keyId);
  assert.equal(got.start, key.slice(0, "live".length + 5));
  const { async, ...ratelimit } = got.ratelimit;
  assert.equal(typeof async, "boolean");
  assert.deepEqual(settled({ ...got, ratelimit }), {
    id: keyId,
    apiId: await apiId(),
    name: "Everything",
    ownerId: "key-user",
    meta: META,
    expires: SOON,
    remaining: 1000,
    refill: { interval: "monthly", amount: 100, refillDay: 15 },
    ratelimit: { limit: 10, duration: 60_000, refillRate: 10, refillInterval: 60_000 },
    roles: ["admin"],
    permissions: ["docs.read", "docs.write"],
    enabled: true,
    identity: { externalId: "key-user", meta: {} },
  });
  const body = await plainGet(`/v1/keys.getKey?keyId=${keyId}`);
  assert.ok(body.includes(`"meta":${JSON.stringify(META)}`), body);
});

test("create with nothing and get", async () => {
  const { keyId, key } = await create({});
  assert.match(key, /^[1-9A-HJ-NP-Za-km-z]{24}$/);
  const want = { id: keyId, apiId: await apiId(), enabled: true, roles: [], permissions: [] };
  assert.deepEqual(settled(await get(keyId)), want);
});

test("the old names of fields", async () => {
  const { keyId } = await create({ ownerId: "owner", ratelimit: { refillRate: 7, refillInterval: 5000 } });
  const got = await get(keyId);
  assert.deepEqual([got.ownerId, got.identity.externalId], ["owner", "owner"]);
  assert.deepEqual([got.ratelimit.limit, got.ratelimit.duration], [7, 5000]);
});

test("a recoverable key is shown again", async () => {
  const { keyId, key } = await create({ recoverable: true });
  assert.equal((await get(keyId)).plaintext, undefined);
  assert.equal((await ok(root.keys.get({ keyId, decrypt: true }))).plaintext, key);
  const listed = await ok(root.apis.listKeys({ apiId: await apiId(), decrypt: true }));
  assert.equal(listed.keys.find((k) => k.id === keyId).plaintext, key);
  const plain = await create({});
  assert.equal((await ok(root.keys.get({ keyId: plain.keyId, decrypt: true }))).plaintext, undefined);
});

test("update changes what is present, and null clears", async () => {
  const full = { name: "before", externalId: "first-user", meta: { a: 1 }, expires: SOON, remaining: 5 };
  const refill = { interval: "daily", amount: 5 };
  const { keyId } = await create({ ...full, refill, ratelimit: { limit: 3, duration: DAY } });
  const want = settled(await get(keyId));
  const update = async (change) => assert.deepEqual(await ok(root.keys.update({ keyId, ...change })), {});

  await update({ name: "after" });
  assert.deepEqual(settled(await get(keyId)), { ...want, name: "after" });
  await update({ externalId: "second-user", meta: {}, expires: SOON + 1, remaining: 0, enabled: false });
  const second = { externalId: "second-user", meta: {} };
  const changed = { name: "after", ownerId: "second-user", identity: second, expires: SOON + 1, remaining: 0 };
  const got = settled(await get(keyId));
  assert.deepEqual({ ...got, meta: got.meta ?? {} }, { ...want, ...changed, meta: {}, enabled: false });
  const monthlyNine = { remaining: 9, refill: { interval: "monthly", amount: 9 } };
  await update({ ratelimit: { limit: 4, duration: 2000 }, ...monthlyNine });
  const { ratelimit, refill: monthly } = await get(keyId);
  assert.deepEqual([ratelimit.limit, ratelimit.duration], [4, 2000]);
  assert.deepEqual([monthly.interval, monthly.amount], ["monthly", 9]);

  await update({ refill: null });
  await update({ name: null, externalId: null, meta: null, expires: null, ratelimit: null, remaining: null });
  const bare = { id: keyId, apiId: want.apiId, enabled: false, roles: [], permissions: [] };
  assert.deepEqual(settled(await get(keyId)), bare);
});

test("update roles and permissions", async () => {
  const { keyId } = await create({ permissions: ["old.one"], roles: ["old-role"] });
  const permissions = [{ name: "new.one", create: true }, { name: "new.two", create: true }];
  await ok(root.keys.update({ keyId, roles: [{ name: "new-role", create: true }], permissions }));
  const got = settled(await get(keyId));
  assert.deepEqual([got.roles, got.permissions], [["new-role"], ["new.one", "new.two"]]);
  await ok(root.keys.update({ keyId, roles: [], permissions: [] }));
  const none = settled(await get(keyId));
  assert.deepEqual([none.roles, none.permissions], [[], []]);
});

test("update remaining", async () => {
  const { keyId, key } = await create({ remaining: 10 });
  const change = async (op, value) => (await ok(root.keys.updateRemaining({ keyId, op, value }))).remaining;
  assert.equal(await change("increment", 5), 15);
  assert.equal(await change("decrement", 5), 10);
  assert.equal(await change("decrement", 11), 0); // stops there
  assert.equal((await ok(anybody.keys.verify({ key }))).code, "USAGE_EXCEEDED");
  assert.equal(await change("set", 3), 3);
  const { code, remaining } = await ok(anybody.keys.verify({ key }));
  assert.deepEqual([code, remaining], ["VALID", 2]);
  assert.equal(await change("set", null), null);
  assert.equal((await get(keyId)).remaining, undefined);
  await refused("BAD_REQUEST", root.keys.updateRemaining({ keyId, op: "increment", value: 1 }));
});

test("delete", async () => {
  for (const permanent of [undefined, true]) {
    const { keyId, key } = await create({});
    assert.equal((await ok(anybody.keys.verify({ key }))).code, "VALID");
    assert.deepEqual(await ok(root.keys.delete({ keyId, permanent })), {});
    assert.equal((await ok(anybody.keys.verify({ key }))).code, "NOT_FOUND");
    await refused("NOT_FOUND", root.keys.get({ keyId }));
    await refused("NOT_FOUND", root.keys.delete({ keyId, permanent: false }));
  }
});

test("refusals", async () => {
  const { keyId } = await create({});
  const bad = async (fields) => refused("BAD_REQUEST", root.keys.create({ apiId: await apiId(), ...fields }));
  await bad({ remaining: 0 });
  await bad({ refill: { interval: "daily", amount: 1 } });
  await bad({ remaining: 1, refill: { interval: "daily", amount: 1, refillDay: 1 } });
  await bad({ remaining: 1, refill: { interval: "monthly", amount: 1, refillDay: 32 } });
  await bad({ byteLength: 15 });
  await bad({ prefix: "x".repeat(17) });
  await bad({ ratelimit: { limit: 0, duration: 1000 } });
  await bad({ ratelimit: { limit: 1, duration: 999 } });
  await bad({ meta: [] });
  await refused("NOT_FOUND", root.keys.create({ apiId: "api_unknown" }));
  await refused("NOT_FOUND", root.keys.get({ keyId: "key_unknown" }));
  await refused("NOT_FOUND", root.keys.update({ keyId: "key_unknown", name: "x" }));
  await refused("NOT_FOUND", root.keys.updateRemaining({ keyId: "key_unknown", op: "set", value: 1 }));
  await refused("NOT_FOUND", root.keys.delete({ keyId: "key_unknown" }));
  await refused("FORBIDDEN", reader.keys.create({ apiId: await apiId() }));
  await refused("FORBIDDEN", reader.keys.get({ keyId }));
  await refused("NOT_FOUND", other.keys.get({ keyId }));
  await refused("NOT_FOUND", other.keys.update({ keyId, enabled: false }));
  await refused("NOT_FOUND", other.keys.delete({ keyId }));
  await refused("NOT_FOUND", other.keys.create({ apiId: await apiId() }));
  assert.equal((await get(keyId)).enabled, true);
});
