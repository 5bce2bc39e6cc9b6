// Rate limits through @unkey/api 0.38.0: fixed windows.
"use strict";

const assert = require("node:assert/strict");
const { DAY, test, windowEnd } = require("../check.cjs");
const { ok, other, pages, reader, refused, root } = require("./client.cjs");

const { ratelimits } = root;
const limit = (identifier, fields) =>
  ok(ratelimits.limit({ namespace: "ns", identifier, limit: 3, duration: DAY, ...fields }));
const remaining = async (...args) => (await limit(...args)).remaining;

test("limit admits, then denies", async () => {
  const want = (success, left) => ({ success, limit: 3, remaining: left, reset: windowEnd(DAY) });
  assert.deepEqual(await limit("plain"), want(true, 2));
  assert.deepEqual(await limit("plain"), want(true, 1));
  assert.deepEqual(await limit("plain"), want(true, 0));
  assert.deepEqual(await limit("plain"), want(false, 0));
  assert.deepEqual(await limit("another"), want(true, 2));
  assert.equal(await remaining("plain", { namespace: undefined }), 2); // "default"
});

test("cost", async () => {
  assert.equal(await remaining("cost", { cost: 2 }), 1);
  assert.deepEqual((await limit("cost", { cost: 2 })).success, false); // counts nothing
  assert.deepEqual((await limit("cost", { cost: 0 })).remaining, 1); // reads
  assert.deepEqual((await limit("cost", { cost: 1 })).success, true);
  assert.deepEqual((await limit("cost", { cost: 0 })).success, true);
  assert.deepEqual((await limit("cost above the limit", { cost: 4 })).success, false);
});

test("another limit or window is another counter", async () => {
  assert.equal(await remaining("counters"), 2);
  assert.equal(await remaining("counters", { limit: 10 }), 9);
  assert.equal(await remaining("counters", { duration: 2 * DAY }), 2);
  assert.equal(await remaining("counters"), 1);
  assert.equal(await remaining("counters", { limit: Number.MAX_SAFE_INTEGER }), Number.MAX_SAFE_INTEGER - 1);
});

test("async, meta and resources are taken", async () => {
  const resources = [{ type: "project", id: "p_1", name: "dub", meta: { a: 1 } }];
  const { success } = await limit("extras", { async: true, meta: { ip: "::1", n: 1, b: true }, resources });
  assert.equal(success, true);
});

test("a short window ends at reset", async () => {
  const short = { limit: 1, duration: 1000 };
  let first, denied;
  // Both have to fall into one window.
  for (let i = 0; first?.reset !== denied?.reset || !first; i++) {
    [first, denied] = [await limit(`short ${i}`, short), await limit(`short ${i}`, short)];
    if (first.reset !== denied.reset) continue;
    assert.deepEqual([first.success, denied.success], [true, false]);
    await new Promise((done) => setTimeout(done, denied.reset - Date.now() + 5));
    const next = await limit(`short ${i}`, short);
    assert.deepEqual([next.success, next.reset >= denied.reset + 1000], [true, true]);
  }
});

test("concurrent callers share the limit exactly", async () => {
  const all = await Promise.all(Array.from({ length: 25 }, () => limit("crowd", { limit: 10 })));
  assert.equal(all.filter((r) => r.success).length, 10);
  assert.deepEqual(all.filter((r) => r.success).map((r) => r.remaining).sort(), [...Array(10).keys()]);
});

test("overrides: set, get, list and delete", async () => {
  const namespaceName = "overridden";
  const namespace = namespaceName;
  assert.equal(await remaining("vip-1", { namespace }), 2);
  const set = (identifier, fields) =>
    ok(ratelimits.setOverride({ namespaceName, identifier, duration: DAY, ...fields }));
  const { overrideId } = await set("vip-*", { limit: 50 });
  assert.match(overrideId, /^rlor_/);
  assert.equal((await limit("vip-1", { namespace })).limit, 50);
  await set("vip-1", { limit: 70 });
  assert.equal((await limit("vip-1", { namespace })).limit, 70); // exact before wildcard
  assert.equal((await set("vip-*", { limit: 60 })).overrideId, overrideId);
  assert.equal((await limit("vip-2", { namespace })).limit, 60);
  await set("blocked", { limit: 0 });
  const { success, remaining: left } = await limit("blocked", { namespace });
  assert.deepEqual([success, left], [false, 0]);

  const got = await ok(ratelimits.getOverride({ namespaceName, identifier: "vip-*" }));
  const want = { id: overrideId, identifier: "vip-*", limit: 60, duration: DAY };
  assert.deepEqual({ async: false, ...got }, { ...want, async: false });
  for (const [size, sizes] of [[undefined, [3]], [2, [2, 1]], [1, [1, 1, 1]]]) {
    const { sizes: got, items } = await pages(ratelimits.listOverrides, "overrides", { namespaceName, limit: size });
    assert.deepEqual(got, sizes);
    assert.deepEqual(items.map((o) => o.identifier).sort(), ["blocked", "vip-*", "vip-1"]);
  }
  assert.equal((await ok(ratelimits.listOverrides({ namespaceName }))).total, 3);

  assert.deepEqual(await ok(ratelimits.deleteOverride({ namespaceName, identifier: "vip-1" })), {});
  await refused("NOT_FOUND", ratelimits.getOverride({ namespaceName, identifier: "vip-1" }));
  await refused("NOT_FOUND", ratelimits.deleteOverride({ namespaceName, identifier: "vip-1" }));
  assert.equal((await limit("vip-1", { namespace })).limit, 60);
});

test("refusals", async () => {
  const request = { identifier: "refused", limit: 1, duration: 1000 };
  await limit("refused", { namespace: "mine" });
  await refused("BAD_REQUEST", ratelimits.limit({ ...request, limit: 0 }));
  await refused("BAD_REQUEST", ratelimits.limit({ ...request, duration: 999 }));
  await refused("BAD_REQUEST", ratelimits.limit({ ...request, cost: -1 }));
  await refused("BAD_REQUEST", ratelimits.limit({ limit: 1, duration: 1000 }));
  await refused("BAD_REQUEST", ratelimits.setOverride(request));
  await refused("BAD_REQUEST", ratelimits.setOverride({ ...request, namespaceName: "mine", identifier: "ab" }));
  await refused("NOT_FOUND", ratelimits.setOverride({ ...request, namespaceName: "unknown" }));
  await refused("NOT_FOUND", ratelimits.listOverrides({ namespaceName: "unknown" }));
  await refused("FORBIDDEN", reader.ratelimits.limit({ ...request, namespace: "not-made" }));
  await refused("FORBIDDEN", reader.ratelimits.limit({ ...request, namespace: "mine" }));
  await refused("FORBIDDEN", reader.ratelimits.setOverride({ ...request, namespaceName: "mine" }));
  await refused("NOT_FOUND", other.ratelimits.listOverrides({ namespaceName: "mine" }));
});
