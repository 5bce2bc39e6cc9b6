// @unkey/ratelimit 2.1.4 keeps a denial until its reset, and asks nobody before.
"use strict";

const assert = require("node:assert/strict");
const { Ratelimit } = require("ratelimit2");
const { test } = require("../check.cjs");

const { BASE_URL, UNKEY_ROOT_KEY } = process.env;
const DURATION = 2000;

// How many requests a call sends.
async function sent(call) {
  const { fetch } = globalThis;
  let count = 0;
  globalThis.fetch = (...args) => (count++, fetch(...args));
  try {
    return [await call(), count];
  } finally {
    globalThis.fetch = fetch;
  }
}

test("a denial is kept until reset, and no longer", async () => {
  const config = { baseUrl: BASE_URL, rootKey: UNKEY_ROOT_KEY, namespace: "denial2", limit: 1, duration: DURATION };
  const limiter = new Ratelimit(config);
  const [passed, one] = await sent(() => limiter.limit("user"));
  assert.deepEqual([passed.success, one], [true, 1]);
  // Never two of one window's pass, and a window that is full weighs on the next.
  const [denied, two] = await sent(() => limiter.limit("user"));
  assert.deepEqual([denied.success, denied.remaining, two], [false, 0, 1]);
  assert.ok(denied.reset > Date.now() && denied.reset <= Date.now() + DURATION, `reset ${denied.reset}`);
  assert.equal(denied.reset % DURATION, 0);
  const [kept, none] = await sent(() => limiter.limit("user"));
  assert.deepEqual([kept, none], [denied, 0]);
  await new Promise((done) => setTimeout(done, denied.reset - Date.now() + 5));
  const [, again] = await sent(() => limiter.limit("user"));
  assert.equal(again, 1);
});
