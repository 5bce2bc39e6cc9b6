// The five identity operations through @unkey/api 0.38.0.
//
// The SDK sends what it is given, Accept: */*, a JSON content type on GETs too, and up to
// three Unkey-Telemetry-* headers, for which a browser's preflight asks. It leaves out of
// a query what is undefined, writes a space there as a plus, and parses every body as
// JSON, that of a delete included.
"use strict";

const assert = require("node:assert/strict");
const { test } = require("../check.cjs");
const { ok, plainGet, ...sdk } = require("./client.cjs");

const [root, reader, other] = [sdk.root, sdk.reader, sdk.other].map((unkey) => unkey.identities);

const META = {
  nested: { list: [{ deeper: [[], {}, [{ a: { b: { c: 1 } } }]] }] },
  array: [1, "two", null, true, false, 3.5, -0.25],
  null: null,
  "": "empty key",
  unicode: 'Zoë 日本 🔑 \u2028 \\ / "quoted" <html>&',
  "largest exact": Number.MAX_SAFE_INTEGER,
};
const TOKENS = { name: "tokens", limit: 10, duration: 1000 };
const LARGE = { name: "large", limit: Number.MAX_SAFE_INTEGER, duration: Number.MAX_SAFE_INTEGER };

// Rate limits in the order of their names.
const byName = (limits) => [...limits].sort((a, b) => (a.name < b.name ? -1 : 1));

async function create(externalId, fields = {}) {
  const { identityId, ...rest } = await ok(root.create({ externalId, ...fields }));
  assert.match(identityId, /^id_/);
  assert.deepEqual(rest, {});
  return identityId;
}

function assertIdentity(got, want) {
  const sorted = (identity) => ({ ...identity, ratelimits: byName(identity.ratelimits) });
  assert.deepEqual(sorted(got), sorted(want));
}

// Updates, and checks that the answer is what a get returns then.
async function update(request) {
  const updated = await ok(root.update(request));
  assert.deepEqual(await ok(root.get({ identityId: updated.id })), updated);
  return updated;
}

test("get by either id", async () => {
  const id = await create("get-mine", { meta: { a: 1 }, ratelimits: [TOKENS, LARGE] });
  await create("get-other");
  const want = { id, externalId: "get-mine", meta: { a: 1 }, ratelimits: [TOKENS, LARGE] };
  assertIdentity(await ok(root.get({ identityId: id })), want);
  assertIdentity(await ok(root.get({ externalId: "get-mine" })), want);
  assertIdentity(await ok(root.get({ identityId: id, externalId: "get-other" })), want);
});

test("external id of any characters", async () => {
  const externalId = "zoë+1@example.com/a b?c=d&e#f%2F😀";
  const id = await create(externalId);
  const want = { id, externalId, meta: {}, ratelimits: [] };
  assert.deepEqual(await ok(root.get({ externalId })), want);
});

test("absent fields read back empty", async () => {
  const id = await create("bare");
  const want = { id, externalId: "bare", meta: {}, ratelimits: [] };
  assert.deepEqual(await ok(root.get({ externalId: "bare" })), want);
});

test("meta returns as it was given", async () => {
  await create("meta", { meta: META });
  assert.deepEqual((await ok(root.get({ externalId: "meta" }))).meta, META);
  const body = await plainGet("/v1/identities.getIdentity?externalId=meta");
  assert.ok(body.includes(`"meta":${JSON.stringify(META)}`), body);
});

test("identical rate limits count once", async () => {
  await create("fold", { ratelimits: [TOKENS, TOKENS] });
  assert.deepEqual((await ok(root.get({ externalId: "fold" }))).ratelimits, [TOKENS]);
});

test("update replaces only what is present", async () => {
  const identityId = await create("update", { meta: { a: 1, b: 2 }, ratelimits: [TOKENS] });
  const want = { id: identityId, externalId: "update", meta: { c: 3 }, ratelimits: [TOKENS] };
  assertIdentity(await update({ identityId, meta: { c: 3 } }), want);
  want.ratelimits = [LARGE];
  assertIdentity(await update({ externalId: "update", ratelimits: [LARGE] }), want);
  assertIdentity(await update({ identityId }), want);
  want.meta = {};
  assertIdentity(await update({ identityId, externalId: "someone-else", meta: {} }), want);
});

test("update matches rate limits by name", async () => {
  const meta = { kept: true };
  const id = await create("ratelimits", { meta, ratelimits: [TOKENS, LARGE] });
  const wider = { ...TOKENS, limit: 20 };
  const added = { name: "added", limit: 1, duration: 60000 };
  const want = { id, externalId: "ratelimits", meta, ratelimits: [added, wider] };
  const ratelimits = [wider, added, added];
  assertIdentity(await update({ identityId: id, ratelimits }), want);
  want.ratelimits = [];
  assertIdentity(await update({ identityId: id, ratelimits: [] }), want);
});

test("delete frees the external id", async () => {
  const first = await create("again", { meta: { old: true }, ratelimits: [TOKENS] });
  assert.deepEqual(await ok(root.delete({ identityId: first })), {});
  assert.equal((await root.get({ externalId: "again" })).error.code, "NOT_FOUND");
  assert.equal((await root.delete({ identityId: first })).error.code, "NOT_FOUND");
  const second = await create("again");
  assert.notEqual(first, second);
  const want = { id: second, externalId: "again", meta: {}, ratelimits: [] };
  assert.deepEqual(await ok(root.get({ externalId: "again" })), want);
});

test("other keys see their own tenant", async () => {
  const mine = await create("shared-name");
  assert.equal((await ok(reader.get({ externalId: "shared-name" }))).id, mine);
  assert.ok((await ok(reader.list({}))).total > 0);
  const theirs = await ok(other.create({ externalId: "shared-name" }));
  assert.notEqual(theirs.identityId, mine);
  assert.equal((await ok(other.list({}))).total, 1);
  assert.equal((await other.delete({ identityId: mine })).error.code, "NOT_FOUND");
});
