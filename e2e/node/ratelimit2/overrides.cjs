// Overrides of @unkey/ratelimit 2.1.4.
"use strict";

const assert = require("node:assert/strict");
const { Overrides, Ratelimit } = require("ratelimit2");
const { DAY, test } = require("../check.cjs");

const { BASE_URL, UNKEY_ROOT_KEY } = process.env;
const keyed = { baseUrl: BASE_URL, rootKey: UNKEY_ROOT_KEY };
const namespace = "overrides2";
const limiter = new Ratelimit({ ...keyed, namespace, limit: 2, duration: DAY });
const overrides = new Overrides(keyed);

test("set, get, list and delete", async () => {
  assert.equal((await limiter.limit("vip-1")).limit, 2);
  const override = { identifier: "vip-*", limit: 50, duration: DAY };
  const { overrideId } = (await overrides.setOverride({ namespace, ...override })).data;
  const limited = await limiter.limit("vip-1");
  assert.deepEqual([limited.limit, limited.overrideId], [50, overrideId]);
  const want = { overrideId, ...override };
  assert.deepEqual((await overrides.getOverride({ namespace, identifier: "vip-*" })).data, want);
  const listed = await overrides.listOverrides({ namespace });
  const { data, pagination } = listed.result ?? listed;
  assert.deepEqual([data, pagination], [[want], { hasMore: false }]);
  assert.deepEqual((await overrides.deleteOverride({ namespace, identifier: "vip-*" })).data, {});
  assert.equal((await limiter.limit("vip-1")).limit, 2);
  await assert.rejects(overrides.getOverride({ namespace, identifier: "vip-*" }), { statusCode: 404 });
});

test("an override of 0 blocks", async () => {
  await limiter.limit("someone");
  await overrides.setOverride({ namespace, identifier: "blocked", limit: 0, duration: DAY });
  const { success, limit, remaining } = await limiter.limit("blocked");
  assert.deepEqual([success, limit, remaining], [false, 0, 0]);
});
