// Keys through @unkey/api 2.5.1: made, read, replaced, removed.
"use strict";

const assert = require("node:assert/strict");
const { DAY, test } = require("../check.cjs");
const { code, data, newApi, other, reader, refused, root, settledKey } = require("./client.cjs");

const { keys } = root;
const META = { nested: { list: [1, null, { a: "ü" }] }, big: Number.MAX_SAFE_INTEGER, "": false };
const TOKENS = { name: "tokens", limit: 10, duration: 60_000, autoApply: true };
const SOON = Date.now() + DAY;

let api;
const apiId = async () => (api ??= await newApi("keys"));
const create = async (fields) => data(keys.createKey({ apiId: await apiId(), ...fields }));
const get = (keyId, decrypt) => data(keys.getKey({ keyId, decrypt }));

test("create with everything, get and whoami", async () => {
  await data(root.permissions.createRole({ name: "admin", permissions: ["roles.only"] }));
  const { keyId, key, ...rest } = await create({
    prefix: "live",
    name: "Everything",
    byteLength: 32,
    externalId: "key-user",
    meta: META,
    roles: ["admin"],
    permissions: ["docs.read", "docs.write"],
    expires: SOON,
    credits: { remaining: 1000, refill: { interval: "monthly", amount: 100, refillDay: 15 } },
    ratelimits: [TOKENS, { ...TOKENS, name: "other", autoApply: false }],
    enabled: true,
  });
  assert.deepEqual(rest, {});
  assert.match(keyId, /^key_/);
  assert.match(key, /^live_[1-9A-HJ-NP-Za-km-z]{40,44}$/);
  const got = await get(keyId);
  assert.ok(key.startsWith(got.start) && got.start.startsWith("live_"), got.start);
  assert.deepEqual(settledKey(got), {
    keyId,
    enabled: true,
    name: "Everything",
    meta: META,
    expires: SOON,
    permissions: ["docs.read", "docs.write", "roles.only"], // by its roles, too
    roles: ["admin"],
    credits: { remaining: 1000, refill: { interval: "monthly", amount: 100, refillDay: 15 } },
    identity: { externalId: "key-user" },
    ratelimits: [{ ...TOKENS, name: "other", autoApply: false }, TOKENS],
  });
  assert.deepEqual(await data(keys.whoami({ key })), got);
});

test("create with nothing and get", async () => {
  const { keyId, key } = await create({});
  assert.match(key, /^[1-9A-HJ-NP-Za-km-z]{20,22}$/);
  assert.deepEqual(settledKey(await get(keyId)), { keyId, enabled: true });
});

test("zeros and false are told", async () => {
  const { keyId } = await create({ enabled: false, credits: { remaining: 0 } });
  assert.deepEqual(settledKey(await get(keyId)), { keyId, enabled: false, credits: { remaining: 0 } });
});

test("a daily refill has no day", async () => {
  const credits = { remaining: 5, refill: { interval: "daily", amount: 5 } };
  const { keyId } = await create({ credits });
  assert.deepEqual((await get(keyId)).credits, credits);
});

test("a recoverable key is shown again", async () => {
  const { keyId, key } = await create({ recoverable: true });
  assert.equal((await get(keyId)).plaintext, undefined);
  assert.equal((await get(keyId, true)).plaintext, key);
  const { result } = await root.apis.listKeys({ apiId: await apiId(), decrypt: true });
  assert.equal(result.data.find((k) => k.keyId === keyId).plaintext, key);
});

test("reroll keeps the settings", async () => {
  const fields = { name: "Rolled", externalId: "reroll-user", meta: META, permissions: ["docs.read"] };
  const credits = { remaining: 7 };
  const old = await create({ prefix: "roll", ...fields, credits, ratelimits: [TOKENS] });
  const before = settledKey(await get(old.keyId));
  const now = await data(keys.rerollKey({ keyId: old.keyId, expiration: 0 }));
  assert.notEqual(now.keyId, old.keyId);
  assert.match(now.key, /^roll_/);
  assert.deepEqual(settledKey(await get(now.keyId)), { ...before, keyId: now.keyId });
  assert.equal(await code(old.key), "EXPIRED"); // at once
  assert.equal(await code(now.key), "VALID");

  const late = await data(keys.rerollKey({ keyId: now.keyId, expiration: 60 * 60_000 }));
  assert.deepEqual([await code(now.key), await code(late.key)], ["VALID", "VALID"]);
  const { expires } = await get(now.keyId);
  assert.ok(Math.abs(expires - Date.now() - 60 * 60_000) <= 70_000, `expires ${expires}`);
});

test("delete", async () => {
  for (const permanent of [false, true]) {
    const { keyId, key } = await create({});
    assert.equal(await code(key), "VALID");
    assert.deepEqual(await data(keys.deleteKey({ keyId, permanent })), {});
    assert.equal(await code(key), "NOT_FOUND");
    await refused(404, keys.getKey({ keyId }));
    await refused(404, keys.whoami({ key }));
    await refused(404, keys.deleteKey({ keyId, permanent: !permanent }));
  }
});

test("refusals", async () => {
  const { keyId, key } = await create({});
  const bad = async (fields) => refused(400, keys.createKey({ apiId: await apiId(), ...fields }));
  await bad({ byteLength: 15 });
  await bad({ prefix: "x".repeat(17) });
  await bad({ externalId: "not@allowed" });
  await bad({ expires: 4102444800001 });
  await bad({ permissions: ["not allowed"] });
  await bad({ credits: { remaining: -1 } });
  await bad({ credits: { remaining: 1, refill: { interval: "daily", amount: 1, refillDay: 1 } } });
  await bad({ ratelimits: [{ ...TOKENS, limit: 0 }] });
  await refused(404, keys.createKey({ apiId: "api_unknown" }));
  await refused(404, keys.createKey({ apiId: await apiId(), roles: ["unknown-role"] }));
  await refused(404, keys.getKey({ keyId: "key_unknown" }));
  await refused(404, keys.whoami({ key: "not-a-key" }));
  await refused(404, keys.rerollKey({ keyId: "key_unknown", expiration: 0 }));
  await refused(404, keys.deleteKey({ keyId: "key_unknown" }));
  await refused(403, reader.keys.createKey({ apiId: await apiId() }));
  await refused(403, reader.keys.getKey({ keyId }));
  await refused(403, reader.keys.deleteKey({ keyId }));
  await refused(404, other.keys.getKey({ keyId }));
  await refused(404, other.keys.whoami({ key }));
  await refused(404, other.keys.rerollKey({ keyId, expiration: 0 }));
  await refused(404, other.keys.deleteKey({ keyId }));
  assert.equal(await code(key), "VALID");
});
