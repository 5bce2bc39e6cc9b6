// Identities through @unkey/api 2.5.1, which adds "autoApply":false to every rate limit.
"use strict";

const assert = require("node:assert/strict");
const { test } = require("../check.cjs");
const { data, other, reader, refused, root } = require("./client.cjs");

const { identities } = root;
const META = {
  nested: { list: [{ deeper: [[], {}, null] }] },
  "": "empty key",
  unicode: 'Zoë 日本 🔑 \u2028 \\ / "quoted" <html>&',
  "largest exact": Number.MAX_SAFE_INTEGER,
};
const TOKENS = { name: "tokens", limit: 10, duration: 1000, autoApply: false };
const LARGE = { name: "large", limit: Number.MAX_SAFE_INTEGER, duration: 2592000000, autoApply: true };

async function create(externalId, fields = {}) {
  const { identityId, ...rest } = await data(identities.createIdentity({ externalId, ...fields }));
  assert.match(identityId, /^id_/);
  assert.deepEqual(rest, {});
  return identityId;
}

const get = (identity) => data(identities.getIdentity({ identity }));

// An identity with its limits by name and without their ids, which it checks.
function settled({ ratelimits, ...identity }) {
  if (!ratelimits) return identity;
  const limits = {};
  for (const { id, ...limit } of ratelimits) {
    assert.match(id, /^rl_[a-zA-Z0-9_]{5,}$/);
    limits[limit.name] = limit;
  }
  assert.equal(Object.keys(limits).length, ratelimits.length);
  return { ...identity, ratelimits: limits };
}

test("get by either id", async () => {
  const id = await create("get.mine-1_A", { meta: META, ratelimits: [TOKENS, LARGE] });
  const want = { id, externalId: "get.mine-1_A", meta: META, ratelimits: { tokens: TOKENS, large: LARGE } };
  assert.deepEqual(settled(await get(id)), want);
  assert.deepEqual(settled(await get("get.mine-1_A")), want);
});

test("absent and empty fields are left out", async () => {
  const id = await create("bare");
  assert.deepEqual(await get(id), { id, externalId: "bare" });
  const empty = await create("empty", { meta: {}, ratelimits: [] });
  assert.deepEqual(await get(empty), { id: empty, externalId: "empty" });
});

test("of limits with one name the last counts", async () => {
  const id = await create("fold", { ratelimits: [TOKENS, { ...TOKENS, limit: 20 }] });
  assert.deepEqual(settled(await get(id)).ratelimits, { tokens: { ...TOKENS, limit: 20 } });
});

test("update replaces only what is present", async () => {
  const id = await create("update", { meta: { a: 1, b: 2 }, ratelimits: [TOKENS, LARGE] });
  const limitId = (await get(id)).ratelimits.find((r) => r.name === "tokens").id;
  const update = async (change, identity = id) => {
    const updated = await data(identities.updateIdentity({ identity, ...change }));
    assert.deepEqual(updated, await get(id));
    return settled(updated);
  };
  const want = { id, externalId: "update", meta: { c: 3 }, ratelimits: { tokens: TOKENS, large: LARGE } };
  assert.deepEqual(await update({ meta: { c: 3 } }), want);
  const wider = { ...TOKENS, limit: 20, autoApply: true };
  const ratelimits = [wider, { ...TOKENS, name: "added" }];
  want.ratelimits = { tokens: wider, added: { ...TOKENS, name: "added" } };
  assert.deepEqual(await update({ ratelimits }, "update"), want); // by the external id too
  assert.equal((await get(id)).ratelimits.find((r) => r.name === "tokens").id, limitId);
  assert.deepEqual(await update({}), want); // meta is told though it was not sent
  assert.deepEqual(await update({ meta: {}, ratelimits: [] }), { id, externalId: "update" });
});

test("delete frees the external id", async () => {
  const first = await create("again", { meta: { old: true } });
  const { meta, ...rest } = await identities.deleteIdentity({ identity: "again" });
  assert.match(meta.requestId, /^req_/);
  assert.deepEqual(rest, {}); // no data at all
  await refused(404, identities.getIdentity({ identity: "again" }));
  await refused(404, identities.deleteIdentity({ identity: first }));
  const second = await create("again");
  assert.notEqual(first, second);
  assert.deepEqual(await get("again"), { id: second, externalId: "again" });
});

test("other keys see their own tenant", async () => {
  const mine = await create("shared-name");
  assert.equal((await data(reader.identities.getIdentity({ identity: "shared-name" }))).id, mine);
  const theirs = await data(other.identities.createIdentity({ externalId: "shared-name" }));
  assert.notEqual(theirs.identityId, mine);
  await refused(404, other.identities.getIdentity({ identity: mine }));
  await refused(404, other.identities.updateIdentity({ identity: mine, meta: {} }));
  await refused(404, other.identities.deleteIdentity({ identity: mine }));
  assert.equal((await get(mine)).id, mine);
});
