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

// A limiter that has denied a user, and its denial. The user called in one window, and the
// denial was told before that window's end.
async function denied() {
  const config = { baseUrl: BASE_URL, rootKey: UNKEY_ROOT_KEY, namespace: "denial2", limit: 1, duration: DURATION };
  for (let i = 0; ; i++) {
    const [limiter, user] = [new Ratelimit(config), `user ${i}`];
    const [passed, one] = await sent(() => limiter.limit(user));
    const [denial, two] = await sent(() => limiter.limit(user));
    const [kept, none] = await sent(() => limiter.limit(user));
    if (passed.reset !== denial.reset || Date.now() >= denial.reset) continue;
    assert.deepEqual([passed.success, denial.success, denial.remaining], [true, false, 0]);
    assert.deepEqual([one, two, none, kept], [1, 1, 0, denial]);
    return { limiter, user, denial };
  }
}

test("a denial is kept until reset, and no longer", async () => {
  const { limiter, user, denial } = await denied();
  assert.equal(denial.reset % DURATION, 0);
  assert.ok(denial.reset <= Date.now() + DURATION, `reset ${denial.reset}`);
  await new Promise((done) => setTimeout(done, denial.reset - Date.now() + 5));
  const [, again] = await sent(() => limiter.limit(user));
  assert.equal(again, 1);
});
