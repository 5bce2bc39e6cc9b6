// Changing keys through @unkey/api 2.5.1.
"use strict";

const assert = require("node:assert/strict");
const { DAY, test } = require("../check.cjs");
const { code, data, newApi, other, reader, refused, root, settledKey } = require("./client.cjs");

const { keys } = root;
const TOKENS = { name: "tokens", limit: 3, duration: DAY, autoApply: false };
const SOON = Date.now() + DAY;

let api;
const create = async (fields) => data(keys.createKey({ apiId: (api ??= await newApi("update")), ...fields }));
const get = (keyId) => data(keys.getKey({ keyId }));

test("update changes what is present, and null clears", async () => {
  const refill = { interval: "daily", amount: 5 };
  const credits = { remaining: 5, refill };
  const fields = { name: "before", externalId: "first-user", meta: { a: 1 }, expires: SOON, credits };
  const { keyId } = await create({ ...fields, ratelimits: [TOKENS], permissions: ["kept"] });
  const want = settledKey(await get(keyId));
  const update = async (change) => {
    assert.deepEqual(await data(keys.updateKey({ keyId, ...change })), {});
    return settledKey(await get(keyId));
  };

  assert.deepEqual(await update({ name: "after" }), { ...want, name: "after" });
  const second = { externalId: "second-user", meta: { b: [null] }, expires: SOON + 1, enabled: false };
  want.identity = { externalId: "second-user" };
  Object.assign(want, { name: "after", meta: second.meta, expires: SOON + 1, enabled: false });
  assert.deepEqual(await update(second), want);
  want.credits = { remaining: 6, refill };
  assert.deepEqual(await update({ credits: { remaining: 6 } }), want);
  want.credits = { remaining: 6 };
  assert.deepEqual(await update({ credits: { refill: null } }), want);
  want.ratelimits = [{ ...TOKENS, name: "added" }, { ...TOKENS, limit: 4 }];
  assert.deepEqual(await update({ ratelimits: [...want.ratelimits] }), want);

  const cleared = { name: null, externalId: null, meta: null, expires: null, credits: null, ratelimits: [] };
  assert.deepEqual(await update({ ...cleared, permissions: [], enabled: true }), { keyId, enabled: true });
});

test("update roles and permissions", async () => {
  await data(root.permissions.createRole({ name: "update-role" }));
  const { keyId } = await create({ permissions: ["old.one"] });
  await data(keys.updateKey({ keyId, roles: ["update-role"], permissions: ["new.one", "new.two"] }));
  const got = settledKey(await get(keyId));
  assert.deepEqual([got.roles, got.permissions], [["update-role"], ["new.one", "new.two"]]);
});

test("update credits", async () => {
  const { keyId, key } = await create({ credits: { remaining: 10 } });
  const change = (operation, value) => data(keys.updateCredits({ keyId, operation, value }));
  assert.deepEqual(await change("increment", 5), { remaining: 15 });
  assert.deepEqual(await change("decrement", 5), { remaining: 10 });
  assert.deepEqual(await change("decrement", 11), { remaining: 0 }); // stops there
  assert.equal(await code(key), "USAGE_EXCEEDED");
  assert.deepEqual(await change("set", 1), { remaining: 1 });
  assert.deepEqual([await code(key), await code(key)], ["VALID", "USAGE_EXCEEDED"]);
  assert.deepEqual(await change("set", null), { remaining: null });
  assert.deepEqual([await code(key), await code(key)], ["VALID", "VALID"]);
  await refused(400, keys.updateCredits({ keyId, operation: "increment", value: null }));
  await refused(400, keys.updateCredits({ keyId, operation: "double", value: 1 }));
  await refused(400, keys.updateCredits({ keyId, operation: "set", value: -1 }));
});

test("setting credits keeps the refill", async () => {
  const refill = { interval: "monthly", amount: 100, refillDay: 31 };
  const { keyId } = await create({ credits: { remaining: 10, refill } });
  const changed = await data(keys.updateCredits({ keyId, operation: "set", value: 20 }));
  assert.deepEqual(changed, { remaining: 20, refill });
});

test("refusals", async () => {
  const { keyId } = await create({});
  await refused(400, keys.updateKey({ keyId, name: "" }));
  await refused(400, keys.updateKey({ keyId, expires: -1 }));
  await refused(404, keys.updateKey({ keyId, roles: ["unknown-role"] }));
  await refused(404, keys.updateKey({ keyId: "key_unknown", enabled: false }));
  await refused(404, keys.updateCredits({ keyId: "key_unknown", operation: "set", value: 1 }));
  await refused(403, reader.keys.updateKey({ keyId, enabled: false }));
  await refused(403, reader.keys.updateCredits({ keyId, operation: "set", value: 1 }));
  await refused(404, other.keys.updateKey({ keyId, enabled: false }));
  await refused(404, other.keys.updateCredits({ keyId, operation: "set", value: 1 }));
  assert.deepEqual(settledKey(await get(keyId)), { keyId, enabled: true });
});
