// Verification through @unkey/api 0.38.0, for which v1 takes no root key: every verdict,
// in the order in which the checks are made.
"use strict";

const assert = require("node:assert/strict");
const { and, or } = require("@unkey/api");
const { DAY, test, windowEnd } = require("../check.cjs");
const { anybody, ok, refused, root } = require("./client.cjs");

let api;
const apiId = async () => (api ??= (await ok(root.apis.create({ name: "verify" }))).apiId);
const create = async (fields) => ok(root.keys.create({ apiId: await apiId(), ...fields }));

// The verdict on a key, without what every answer has.
async function verify(key, request = {}) {
  const { requestId, ...verdict } = await ok(anybody.keys.verify({ key, ...request }));
  assert.ok(requestId);
  assert.equal(verdict.valid, verdict.code === "VALID");
  return verdict;
}
const code = async (...args) => (await verify(...args)).code;
const codes = async (count, ...args) => {
  const all = [];
  while (all.length < count) all.push(await code(...args));
  return all;
};

test("VALID tells all about the key", async () => {
  const meta = { plan: "pro", deep: [{ a: null }] };
  await ok(root.identities.create({ externalId: "verify-user", meta: { seat: 1 } }));
  const fields = { name: "Full", externalId: "verify-user", meta, roles: ["reader"], permissions: ["x.read"] };
  const expires = Date.now() + DAY;
  const limits = { expires, remaining: 10, ratelimit: { limit: 5, duration: DAY }, environment: "test" };
  const { keyId, key } = await create({ ...fields, ...limits });
  const { identity, ...verdict } = await verify(key, { apiId: await apiId(), tags: ["path=/x"] });
  assert.match(identity.id, /^id_/);
  assert.deepEqual(identity, { id: identity.id, externalId: "verify-user", meta: { seat: 1 } });
  assert.deepEqual(verdict, {
    valid: true,
    code: "VALID",
    keyId,
    name: "Full",
    ownerId: "verify-user",
    meta,
    expires,
    remaining: 9,
    ratelimit: { limit: 5, remaining: 4, reset: windowEnd(DAY) },
    enabled: true,
    permissions: ["x.read"],
    roles: ["reader"],
    environment: "test",
  });
});

test("VALID for a bare key", async () => {
  const { keyId, key } = await create({});
  const { permissions = [], roles = [], ...verdict } = await verify(key);
  assert.deepEqual([permissions, roles], [[], []]);
  assert.deepEqual(verdict, { valid: true, code: "VALID", keyId, enabled: true });
});

test("NOT_FOUND tells nothing", async () => {
  assert.deepEqual(await verify("not-a-key"), { valid: false, code: "NOT_FOUND" });
});

test("DISABLED", async () => {
  const { keyId, key } = await create({ enabled: false, expires: Date.now() - 1000 });
  const verdict = await verify(key);
  assert.deepEqual([verdict.valid, verdict.code, verdict.enabled], [false, "DISABLED", false]);
  await ok(root.keys.update({ keyId, enabled: true, expires: null }));
  assert.equal(await code(key), "VALID");
});

test("FORBIDDEN in another API", async () => {
  const { apiId: another } = await ok(root.apis.create({ name: "another" }));
  const { key } = await create({});
  assert.equal(await code(key, { apiId: another }), "FORBIDDEN");
  assert.equal(await code(key, { apiId: await apiId() }), "VALID");
});

test("EXPIRED", async () => {
  const { key } = await create({ expires: Date.now() - 1000, remaining: 1 });
  assert.deepEqual(await codes(2, key), ["EXPIRED", "EXPIRED"]);
});

test("INSUFFICIENT_PERMISSIONS", async () => {
  const { key } = await create({ permissions: ["a", "b.read"], remaining: 3 });
  const can = (permissions) => code(key, { authorization: { permissions }, remaining: { cost: 0 } });
  assert.equal(await can("a"), "VALID");
  assert.equal(await can(and("a", "b.read")), "VALID");
  assert.equal(await can(and("a", or("c", "b.read"))), "VALID");
  assert.equal(await can("c"), "INSUFFICIENT_PERMISSIONS");
  assert.equal(await can(and("a", or("c", "d"))), "INSUFFICIENT_PERMISSIONS");
  assert.equal(await can(or("c", and("a", "d"))), "INSUFFICIENT_PERMISSIONS");
  assert.equal((await verify(key, { remaining: { cost: 0 } })).remaining, 3);
});

test("RATE_LIMITED by the key's own limit", async () => {
  const { key, keyId } = await create({ ratelimit: { limit: 2, duration: DAY }, remaining: 5 });
  assert.deepEqual(await codes(2, key), ["VALID", "VALID"]);
  const verdict = await verify(key);
  assert.deepEqual([verdict.code, verdict.remaining], ["RATE_LIMITED", undefined]); // credits come later
  assert.deepEqual(verdict.ratelimit, { limit: 2, remaining: 0, reset: windowEnd(DAY) });
  assert.equal((await ok(root.keys.get({ keyId }))).remaining, 3);
});

test("RATE_LIMITED by the identity's limit, which its keys share", async () => {
  const ratelimits = [{ name: "tokens", limit: 3, duration: DAY }];
  await ok(root.identities.create({ externalId: "sharing", ratelimits }));
  const [one, two] = [await create({ externalId: "sharing" }), await create({ externalId: "sharing" })];
  const tokens = (cost) => ({ ratelimits: [{ name: "tokens", cost }] });
  assert.equal(await code(one.key), "VALID"); // not asked for, not counted
  const first = await verify(one.key, tokens(2));
  assert.deepEqual(first.ratelimit, { limit: 3, remaining: 1, reset: windowEnd(DAY) });
  assert.equal(await code(two.key, tokens(2)), "RATE_LIMITED");
  assert.equal(await code(two.key, tokens(0)), "VALID"); // reads
  assert.equal(await code(two.key, tokens()), "VALID");
  assert.equal(await code(one.key, tokens(1)), "RATE_LIMITED");
});

test("RATE_LIMITED by a limit of the request", async () => {
  const { key } = await create({});
  const request = { ratelimits: [{ name: "inline", limit: 1, duration: DAY }] };
  assert.deepEqual(await codes(2, key, request), ["VALID", "RATE_LIMITED"]);
});

test("USAGE_EXCEEDED", async () => {
  const { key } = await create({ remaining: 3 });
  assert.equal((await verify(key, { remaining: { cost: 2 } })).remaining, 1);
  assert.equal(await code(key, { remaining: { cost: 2 } }), "USAGE_EXCEEDED");
  assert.equal((await verify(key)).remaining, 0);
  const verdict = await verify(key);
  assert.deepEqual([verdict.valid, verdict.code, verdict.remaining], [false, "USAGE_EXCEEDED", 0]);
  assert.equal(await code(key, { remaining: { cost: 0 } }), "VALID");
});

test("credits are exact under concurrency", async () => {
  const { key } = await create({ remaining: 10 });
  const all = await Promise.all(Array.from({ length: 25 }, () => code(key)));
  assert.equal(all.filter((c) => c === "VALID").length, 10, all.join());
});

test("refusals", async () => {
  const { key } = await create({});
  const bad = (request) => refused("BAD_REQUEST", anybody.keys.verify({ key, ...request }));
  await bad({ ratelimits: [{ name: "defined-nowhere" }] });
  await bad({ authorization: { permissions: { and: "a" } } });
  await bad({ ratelimits: [{ name: "negative", cost: -1, limit: 1, duration: 1000 }] });
  await bad({ remaining: { cost: -1 } });
  await refused("BAD_REQUEST", anybody.keys.verify({}));
});
