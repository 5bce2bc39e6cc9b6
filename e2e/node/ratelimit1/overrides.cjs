// Overrides of @unkey/ratelimit 0.5.5.
"use strict";

const assert = require("node:assert/strict");
const { Overrides, Ratelimit } = require("ratelimit1");
const { DAY, test } = require("../check.cjs");

const { BASE_URL, UNKEY_ROOT_KEY } = process.env;
const keyed = { baseUrl: BASE_URL, rootKey: UNKEY_ROOT_KEY };
const limiter = new Ratelimit({ ...keyed, namespace: "overrides1", limit: 2, duration: DAY });
const overrides = new Overrides(keyed);
const namespaceName = "overrides1";

async function ok(call) {
  const { result, error } = await call;
  assert.equal(error, undefined);
  return result;
}

test("set, get, list and delete", async () => {
  assert.equal((await limiter.limit("vip-1")).limit, 2);
  const override = { identifier: "vip-*", limit: 50, duration: DAY };
  const { overrideId } = await ok(overrides.setOverride({ namespaceName, ...override }));
  assert.equal((await limiter.limit("vip-1")).limit, 50);
  const { async, ...got } = await ok(overrides.getOverride({ namespaceName, identifier: "vip-*" }));
  assert.deepEqual([got, async ?? false], [{ id: overrideId, ...override }, false]);
  const listed = await ok(overrides.listOverrides({ namespaceName }));
  assert.deepEqual([listed.overrides.map((o) => o.id), listed.total, listed.cursor], [[overrideId], 1, undefined]);
  assert.deepEqual(await ok(overrides.deleteOverride({ namespaceName, identifier: "vip-*" })), {});
  assert.equal((await limiter.limit("vip-1")).limit, 2);
  const { error } = await overrides.getOverride({ namespaceName, identifier: "vip-*" });
  assert.equal(error.code, "NOT_FOUND");
});
