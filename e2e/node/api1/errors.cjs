// Every error through @unkey/api.
//
// The SDK takes any 4xx body as it is and shows no status: callers see the code alone.
// Everything but 2xx and 4xx it sends six times, 1.5 s in all.
//
// No test of any step repeats a failing request, so the caller can tell a retry from a
// test.
"use strict";

const assert = require("node:assert/strict");
const { test } = require("../check.cjs");
const { Unkey } = require("@unkey/api");
const { ok, refused, ...sdk } = require("./client.cjs");

const [root, reader, other, nobody] = [sdk.root, sdk.reader, sdk.other, sdk.nobody].map(
  (unkey) => unkey.identities,
);

const TOKENS = { name: "tokens", limit: 10, duration: 1000 };

const create = (fields) => root.create({ externalId: "refused", ...fields });
const badRequests = {
  "no external id": () => root.create({}),
  "external id of two characters": () => create({ externalId: "ab" }),
  "external id that is a number": () => create({ externalId: 12345 }),
  "meta that is a list": () => create({ meta: [1] }),
  "meta above 64,000 characters": () => create({ meta: { long: "x".repeat(64_000) } }),
  "rate limit of 0": () => create({ ratelimits: [{ ...TOKENS, limit: 0 }] }),
  "rate limit of 1.5": () => create({ ratelimits: [{ ...TOKENS, limit: 1.5 }] }),
  "rate limit without a name": () => create({ ratelimits: [{ limit: 10, duration: 1000 }] }),
  "window below a second": () => create({ ratelimits: [{ ...TOKENS, duration: 999 }] }),
  "get without an id": () => root.get({}),
  "update without an id": () => root.update({ meta: {} }),
  "delete without an id": () => root.delete({}),
  "list of 0": () => root.list({ limit: 0 }),
  "list of 101": () => root.list({ limit: 101 }),
  "list of many": () => root.list({ limit: "many" }),
  "list from a cursor of nobody's": () => root.list({ cursor: "not a cursor" }),
};
for (const [name, call] of Object.entries(badRequests)) {
  test(name, () => refused("BAD_REQUEST", call()));
}

test("unauthorized", async () => {
  assert.throws(() => new Unkey({ rootKey: "" }), /root key must be set/);
  await refused("UNAUTHORIZED", nobody.create({ externalId: "nobody" }));
  await refused("UNAUTHORIZED", nobody.get({ externalId: "nobody" }));
  await refused("UNAUTHORIZED", nobody.list({}));
  await refused("UNAUTHORIZED", nobody.update({ externalId: "nobody", meta: {} }));
  await refused("UNAUTHORIZED", nobody.delete({ identityId: "id_nobody" }));
});

test("forbidden", async () => {
  await refused("FORBIDDEN", reader.create({ externalId: "by-reader" }));
  await refused("FORBIDDEN", reader.update({ externalId: "by-reader", meta: {} }));
  await refused("FORBIDDEN", reader.delete({ identityId: "id_by_reader" }));
});

test("not found", async () => {
  await refused("NOT_FOUND", root.get({ identityId: "id_unknown" }));
  await refused("NOT_FOUND", root.get({ externalId: "unknown" }));
  await refused("NOT_FOUND", root.update({ identityId: "id_unknown", meta: {} }));
  await refused("NOT_FOUND", root.update({ externalId: "unknown" }));
  await refused("NOT_FOUND", root.delete({ identityId: "id_unknown" }));
});

test("not found in another tenant", async () => {
  const { identityId } = await ok(root.create({ externalId: "mine-alone" }));
  await refused("NOT_FOUND", other.get({ identityId }));
  await refused("NOT_FOUND", other.get({ externalId: "mine-alone" }));
  await refused("NOT_FOUND", other.update({ identityId, meta: {} }));
  await refused("NOT_FOUND", other.delete({ identityId }));
});

test("conflict", async () => {
  const externalId = "taken";
  const differing = [TOKENS, { ...TOKENS, limit: 11 }];
  await ok(root.create({ externalId, ratelimits: [TOKENS] }));
  await refused("CONFLICT", root.create({ externalId }));
  await refused("CONFLICT", root.create({ externalId: "not-made", ratelimits: differing }));
  await refused("CONFLICT", root.update({ externalId, ratelimits: differing }));
  assert.deepEqual((await ok(root.get({ externalId }))).ratelimits, [TOKENS]);
  await refused("NOT_FOUND", root.get({ externalId: "not-made" }));
});

test("delete twice", async () => {
  const { identityId } = await ok(root.create({ externalId: "deleted" }));
  await ok(root.delete({ identityId }));
  await refused("NOT_FOUND", root.delete({ identityId }));
});
