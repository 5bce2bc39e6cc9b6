// Rate limits through @unkey/api 2.5.1: sliding windows.
"use strict";

const assert = require("node:assert/strict");
const { DAY, test, windowEnd } = require("../check.cjs");
const { data, other, pages, reader, refused, root } = require("./client.cjs");

const { ratelimit } = root;
const check = (identifier, fields) => ({ namespace: "ns", identifier, limit: 3, duration: DAY, ...fields });
const limit = (identifier, fields) => data(ratelimit.limit(check(identifier, fields)));
const left = async (...args) => (await limit(...args)).remaining;

test("limit admits, then denies", async () => {
  const want = (success, remaining) => ({ success, limit: 3, remaining, reset: windowEnd(DAY) });
  assert.deepEqual(await limit("plain"), want(true, 2));
  assert.deepEqual(await limit("plain"), want(true, 1));
  assert.deepEqual(await limit("plain"), want(true, 0));
  assert.deepEqual(await limit("plain"), want(false, 0));
  assert.equal(await left("another"), 2);
  assert.equal(await left("plain", { namespace: "another" }), 2);
  assert.equal(await left("plain", { duration: DAY / 2 }), 2); // another counter
  assert.equal(await left("plain", { limit: 5 }), 1); // the same one
});

test("cost", async () => {
  assert.equal(await left("cost", { cost: 2 }), 1);
  assert.equal((await limit("cost", { cost: 2 })).success, false); // counts nothing
  assert.equal(await left("cost", { cost: 0 }), 1); // reads
  assert.equal(await left("cost", { cost: 1 }), 0);
  assert.equal((await limit("cost", { cost: 0 })).success, true);
  assert.equal((await limit("above", { cost: 4 })).success, false);
  assert.equal(await left("large", { limit: Number.MAX_SAFE_INTEGER }), Number.MAX_SAFE_INTEGER - 1);
});

test("concurrent callers share the limit exactly", async () => {
  const all = await Promise.all(Array.from({ length: 25 }, () => limit("crowd", { limit: 10 })));
  assert.equal(all.filter((r) => r.success).length, 10);
});

test("multiLimit counts all or nothing", async () => {
  const checks = [check("multi-a"), check("multi-b", { cost: 3 }), check("multi-c", { namespace: "ns-2" })];
  const reset = windowEnd(DAY);
  const verdict = (i, remaining, passed) => {
    const { namespace, identifier } = checks[i];
    return { namespace, identifier, limit: 3, remaining, reset, passed };
  };
  const first = await data(ratelimit.multiLimit(checks));
  const passed = [verdict(0, 2, true), verdict(1, 0, true), verdict(2, 2, true)];
  assert.deepEqual(first, { passed: true, limits: passed });
  const second = await data(ratelimit.multiLimit(checks));
  assert.equal(second.passed, false);
  assert.deepEqual(second.limits.map((l) => l.passed), [true, false, true]);
  assert.deepEqual(second.limits.map((l) => l.identifier), ["multi-a", "multi-b", "multi-c"]);
  assert.equal(second.limits[1].remaining, 0);
  assert.equal(await left("multi-a", { cost: 0 }), 2);
  assert.equal(await left("multi-c", { cost: 0, namespace: "ns-2" }), 2);
});

test("multiLimit with one counter twice", async () => {
  const twice = [check("twice", { cost: 2 }), check("twice", { cost: 2 })];
  assert.equal((await data(ratelimit.multiLimit(twice))).passed, false);
  assert.equal(await left("twice", { cost: 0 }), 3);
});

test("overrides: set, get, list and delete", async () => {
  const namespace = "overridden";
  assert.equal((await limit("vip-1", { namespace })).overrideId, undefined);
  const set = async (identifier, value) =>
    (await data(ratelimit.setOverride({ namespace, identifier, limit: value, duration: DAY }))).overrideId;
  const wild = await set("vip-*", 50);
  assert.match(wild, /^rlor_/);
  const first = await limit("vip-1", { namespace });
  assert.deepEqual([first.limit, first.remaining, first.overrideId], [50, 48, wild]);
  const exact = await set("vip-1", 70);
  assert.equal((await limit("vip-1", { namespace })).overrideId, exact);
  assert.equal(await set("vip-*", 60), wild);
  assert.equal((await limit("vip-2", { namespace })).limit, 60);
  const none = await set("blocked", 0);
  const want = { success: false, limit: 0, remaining: 0, reset: windowEnd(DAY), overrideId: none };
  assert.deepEqual(await limit("blocked", { namespace }), want);
  const checks = [check("vip-2", { namespace }), check("blocked", { namespace })];
  const { limits } = await data(ratelimit.multiLimit(checks));
  assert.deepEqual(limits.map((l) => [l.overrideId, l.passed]), [[wild, true], [none, false]]);

  const override = { overrideId: wild, identifier: "vip-*", limit: 60, duration: DAY };
  assert.deepEqual(await data(ratelimit.getOverride({ namespace, identifier: "vip-*" })), override);
  for (let i = 0; i < 9; i++) await set(`more-${i}`, i + 1);
  for (const [size, sizes] of [[undefined, [10, 2]], [12, [12]], [5, [5, 5, 2]]]) {
    const got = await pages(ratelimit.listOverrides({ namespace, limit: size }));
    assert.deepEqual([got.sizes, new Set(got.items.map((o) => o.identifier)).size], [sizes, 12]);
    assert.deepEqual(got.items.find((o) => o.identifier === "vip-*"), override);
  }
  assert.deepEqual(await data(ratelimit.deleteOverride({ namespace, identifier: "vip-1" })), {});
  await refused(404, ratelimit.getOverride({ namespace, identifier: "vip-1" }));
  await refused(404, ratelimit.deleteOverride({ namespace, identifier: "vip-1" }));
  assert.equal((await limit("vip-1", { namespace })).overrideId, wild);
});

test("refusals", async () => {
  await limit("refused", { namespace: "mine" });
  const bad = (fields) => refused(400, ratelimit.limit(check("refused", fields)));
  await bad({ limit: 0 });
  await bad({ duration: 999 });
  await bad({ duration: 2592000001 });
  await bad({ cost: -1 });
  await bad({ identifier: "" });
  await bad({ namespace: "n".repeat(513) });
  await refused(400, ratelimit.multiLimit([]));
  await refused(400, ratelimit.multiLimit([check("fine"), check("refused", { limit: -1 })]));
  await refused(400, ratelimit.listOverrides({ namespace: "mine", limit: 101 }));
  const override = { identifier: "x", limit: 1, duration: 1000 };
  await refused(404, ratelimit.setOverride({ namespace: "unknown", ...override }));
  await refused(404, ratelimit.listOverrides({ namespace: "unknown" }));
  await refused(403, reader.ratelimit.limit(check("refused", { namespace: "mine" })));
  await refused(403, reader.ratelimit.limit(check("refused", { namespace: "not-made" })));
  await refused(403, reader.ratelimit.setOverride({ namespace: "mine", ...override }));
  await refused(404, other.ratelimit.listOverrides({ namespace: "mine" }));
});
