// Verification through @unkey/api 2.5.1: every verdict but FORBIDDEN, which in v2 needs a
// list of addresses that no call of the API sets. The limits are in limited.cjs.
"use strict";

const assert = require("node:assert/strict");
const { DAY, test, windowEnd } = require("../check.cjs");
const { code, data, errors, newApi, other, reader, refused, root, verify } = require("./client.cjs");

const { keys } = root;

let api;
const create = async (fields) => data(keys.createKey({ apiId: (api ??= await newApi("verify")), ...fields }));

test("VALID tells all about the key", async () => {
  const ratelimits = [{ name: "shared", limit: 100, duration: DAY }];
  const identity = { externalId: "verify-user", meta: { seat: 1 }, ratelimits };
  await data(root.identities.createIdentity(identity));
  await data(root.permissions.createRole({ name: "verify-role", permissions: ["by.role"] }));
  const expires = Date.now() + DAY;
  const meta = { plan: "pro", deep: [{ a: null }] };
  const { keyId, key } = await create({
    name: "Full",
    externalId: "verify-user",
    meta,
    roles: ["verify-role"],
    permissions: ["by.itself"],
    expires,
    credits: { remaining: 10 },
    ratelimits: [{ name: "own", limit: 5, duration: DAY, autoApply: true }],
  });
  const verdict = await verify(key, { tags: ["path=/x"] });
  const id = verdict.identity.id;
  assert.match(id, /^id_/);
  const [shared, own] = [verdict.identity.ratelimits[0].id, verdict.ratelimits[0].id];
  assert.match(shared, /^rl_/);
  assert.match(own, /^rl_/);
  const counted = { limit: 5, duration: DAY, remaining: 4, reset: windowEnd(DAY), exceeded: false };
  verdict.permissions.sort();
  assert.deepEqual(verdict, {
    valid: true,
    code: "VALID",
    keyId,
    name: "Full",
    meta,
    expires,
    credits: 9,
    enabled: true,
    permissions: ["by.itself", "by.role"],
    roles: ["verify-role"],
    identity: { ...identity, id, ratelimits: [{ ...ratelimits[0], id: shared, autoApply: false }] },
    ratelimits: [{ ...counted, id: own, name: "own", autoApply: true }],
  });
});

test("VALID for a bare key", async () => {
  const { keyId, key } = await create({});
  const { permissions = [], roles = [], ratelimits = [], ...verdict } = await verify(key);
  assert.deepEqual([permissions, roles, ratelimits], [[], [], []]);
  assert.deepEqual(verdict, { valid: true, code: "VALID", keyId, enabled: true });
});

test("NOT_FOUND tells nothing", async () => {
  const unknown = { valid: false, code: "NOT_FOUND" };
  assert.deepEqual(await verify("not-a-key"), unknown);
  const { key } = await create({});
  assert.deepEqual(await data(other.keys.verifyKey({ key })), unknown);
  assert.deepEqual(await data(reader.keys.verifyKey({ key })), unknown); // may not verify
  assert.equal(await code(key), "VALID");
});

test("DISABLED", async () => {
  const { keyId, key } = await create({ enabled: false, expires: Date.now() - 1000 });
  const verdict = await verify(key);
  assert.deepEqual([verdict.valid, verdict.code, verdict.enabled], [false, "DISABLED", false]);
  await data(keys.updateKey({ keyId, enabled: true, expires: null }));
  assert.equal(await code(key), "VALID");
});

test("EXPIRED", async () => {
  const { key } = await create({ expires: Date.now() - 1000, permissions: ["a"] });
  assert.equal(await code(key, { permissions: "b" }), "EXPIRED");
});

test("INSUFFICIENT_PERMISSIONS", async () => {
  const { key } = await create({ permissions: ["a", "b.read", "c:*"], credits: { remaining: 100 } });
  const can = (permissions) => code(key, { permissions, credits: { cost: 0 } });
  for (const query of ["a", "a AND b.read", "a AND (d OR b.read)", "d OR a", "(a)", "c:*"]) {
    assert.equal(await can(query), "VALID", query);
  }
  for (const query of ["d", "a AND d", "a AND (d OR e)", "d OR (a AND e)", "c:x"]) {
    assert.equal(await can(query), "INSUFFICIENT_PERMISSIONS", query);
  }
  const verdict = await verify(key, { permissions: "d" });
  assert.deepEqual([verdict.valid, verdict.credits], [false, 100]); // no credit is spent
});

test("USAGE_EXCEEDED", async () => {
  const { key } = await create({ credits: { remaining: 3 } });
  assert.equal((await verify(key, { credits: { cost: 2 } })).credits, 1);
  assert.equal(await code(key, { credits: { cost: 2 } }), "USAGE_EXCEEDED");
  assert.equal((await verify(key)).credits, 0);
  const verdict = await verify(key);
  assert.deepEqual([verdict.valid, verdict.code, verdict.credits], [false, "USAGE_EXCEEDED", 0]);
  assert.equal(await code(key, { credits: { cost: 0 } }), "VALID");
});

test("credits are exact under concurrency", async () => {
  const { key } = await create({ credits: { remaining: 10 } });
  const all = await Promise.all(Array.from({ length: 25 }, () => code(key)));
  assert.equal(all.filter((c) => c === "VALID").length, 10, all.join());
});

test("refusals", async () => {
  const { key } = await create({});
  const bad = (request) => refused(400, keys.verifyKey({ key, ...request }));
  await bad({ permissions: "a AND" });
  await bad({ permissions: "(a OR b" });
  await bad({ credits: { cost: -1 } });
  await bad({ ratelimits: [{ name: "ab" }] });
  await refused(400, keys.verifyKey({ key: "x".repeat(513) }));
  // The SDK has no class for 412 here.
  await assert.rejects(keys.verifyKey({ key, ratelimits: [{ name: "defined-nowhere" }] }), (e) => {
    return e instanceof errors.APIError && e.statusCode === 412 && e.body.includes("defined-nowhere");
  });
});
