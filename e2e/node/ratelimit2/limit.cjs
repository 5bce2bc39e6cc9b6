// Ratelimit of @unkey/ratelimit 2.1.4.
"use strict";

const assert = require("node:assert/strict");
const { Ratelimit } = require("ratelimit2");
const { DAY, test, windowEnd } = require("../check.cjs");

const { BASE_URL, UNKEY_ROOT_KEY, READER_KEY } = process.env;
const config = { baseUrl: BASE_URL, rootKey: UNKEY_ROOT_KEY, namespace: "ratelimit2", limit: 2, duration: "1d" };

test("limit passes, then denies", async () => {
  const limiter = new Ratelimit(config);
  const want = (success, remaining) => ({ success, limit: 2, remaining, reset: windowEnd(DAY) });
  assert.deepEqual(await limiter.limit("plain"), want(true, 1));
  assert.deepEqual(await limiter.limit("plain"), want(true, 0));
  assert.deepEqual(await limiter.limit("plain"), want(false, 0));
  assert.deepEqual(await limiter.limit("another"), want(true, 1));
});

test("cost and another limit for one call", async () => {
  const limiter = new Ratelimit(config);
  assert.equal((await limiter.limit("cost", { cost: 2 })).remaining, 0);
  assert.equal((await limiter.limit("cost", { cost: 0 })).success, true);
  const wide = await limiter.limit("cost", { limit: { limit: 5, duration: "24h" } });
  assert.deepEqual([wide.limit, wide.remaining], [5, 2]);
});

test("the answer comes before the client's own fallback", async () => {
  const fallback = () => assert.fail("timed out");
  const limiter = new Ratelimit({ ...config, timeout: { ms: 5000, fallback } });
  assert.equal((await limiter.limit("timeout")).success, true);
});

test("refusals", async () => {
  const refused = (change) => new Ratelimit({ ...config, ...change }).limit("refused");
  await assert.rejects(refused({ limit: 0 }), { statusCode: 400, name: "BadRequestErrorResponse" });
  await assert.rejects(refused({ rootKey: READER_KEY }), { statusCode: 403, name: "ForbiddenErrorResponse" });
  await assert.rejects(refused({ rootKey: "unknown" }), { statusCode: 401, name: "UnauthorizedErrorResponse" });
});

test("onError is asked when the API refuses", async () => {
  const fallback = { success: true, limit: 0, remaining: 0, reset: 0 };
  const errors = [];
  const onError = (error, identifier) => (errors.push([error.message, identifier]), fallback);
  assert.deepEqual(await new Ratelimit({ ...config, limit: -1, onError }).limit("onError"), fallback);
  assert.equal(errors.length, 1);
  assert.equal(errors[0][1], "onError");
});
