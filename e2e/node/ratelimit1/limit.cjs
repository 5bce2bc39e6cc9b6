// Ratelimit of @unkey/ratelimit 0.5.5. It sends every call, and never asks onError when
// the API refuses: the promise is rejected.
"use strict";

const assert = require("node:assert/strict");
const { NoopRatelimit, Ratelimit } = require("ratelimit1");
const { DAY, test, windowEnd } = require("../check.cjs");

const { BASE_URL, UNKEY_ROOT_KEY, READER_KEY } = process.env;
const config = { baseUrl: BASE_URL, rootKey: UNKEY_ROOT_KEY, namespace: "ratelimit1", limit: 2, duration: "1d" };

test("limit passes, then denies", async () => {
  const limiter = new Ratelimit(config);
  const want = (success, remaining) => ({ success, limit: 2, remaining, reset: windowEnd(DAY) });
  assert.deepEqual(await limiter.limit("plain"), want(true, 1));
  assert.deepEqual(await limiter.limit("plain"), want(true, 0));
  assert.deepEqual(await limiter.limit("plain"), want(false, 0));
  assert.deepEqual(await limiter.limit("another"), want(true, 1));
});

test("cost, meta, resources and async", async () => {
  const limiter = new Ratelimit(config);
  assert.equal((await limiter.limit("cost", { cost: 2 })).remaining, 0);
  assert.equal((await limiter.limit("cost", { cost: 0 })).success, true);
  const resources = [{ type: "project", id: "p_1" }];
  assert.equal((await limiter.limit("extras", { meta: { ip: "::1" }, resources })).success, true);
  assert.equal((await new Ratelimit({ ...config, async: true }).limit("async")).success, true);
});

test("other configurations count apart", async () => {
  assert.equal((await new Ratelimit(config).limit("apart")).remaining, 1);
  assert.equal((await new Ratelimit({ ...config, duration: "2 d" }).limit("apart")).remaining, 1);
  assert.equal((await new Ratelimit({ ...config, namespace: "ratelimit1-b" }).limit("apart")).remaining, 1);
});

test("the answer comes before the client's own fallback", async () => {
  const fallback = () => assert.fail("timed out");
  const limiter = new Ratelimit({ ...config, timeout: { ms: 5000, fallback } });
  assert.equal((await limiter.limit("timeout")).success, true);
});

test("refusals", async () => {
  const refused = (change) => new Ratelimit({ ...config, ...change }).limit("refused");
  await assert.rejects(refused({ limit: 0 }), /\[BAD_REQUEST - \w+\]/);
  await assert.rejects(refused({ rootKey: READER_KEY }), /\[FORBIDDEN - \w+\]/);
  await assert.rejects(refused({ rootKey: "unknown" }), /\[UNAUTHORIZED - \w+\]/);
});

test("the one that does nothing", async () => {
  assert.equal((await new NoopRatelimit().limit("x")).success, true);
});
