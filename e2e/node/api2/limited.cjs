// The limits of keys and identities through @unkey/api 2.5.1.
"use strict";

const assert = require("node:assert/strict");
const { DAY, test, windowEnd } = require("../check.cjs");
const { code, data, newApi, root, verify } = require("./client.cjs");

let api;
const create = async (fields) =>
  (await data(root.keys.createKey({ apiId: (api ??= await newApi("limited")), ...fields }))).key;

const tokens = (cost) => ({ ratelimits: [{ name: "tokens", cost }] });

test("a limit that applies by itself", async () => {
  const ratelimits = [{ name: "auto", limit: 2, duration: DAY, autoApply: true }];
  const key = await create({ ratelimits, credits: { remaining: 5 } });
  assert.deepEqual([await code(key), await code(key)], ["VALID", "VALID"]);
  const verdict = await verify(key);
  assert.deepEqual([verdict.code, verdict.credits], ["RATE_LIMITED", 3]); // no credit is spent
  const [{ id, ...limit }] = verdict.ratelimits;
  assert.match(id, /^rl_/);
  const want = { name: "auto", limit: 2, duration: DAY, autoApply: true, exceeded: true };
  assert.deepEqual(limit, { ...want, remaining: 0, reset: windowEnd(DAY) });
});

test("a limit that is asked for", async () => {
  const key = await create({ ratelimits: [{ name: "tokens", limit: 3, duration: DAY }] });
  assert.deepEqual((await verify(key)).ratelimits ?? [], []);
  assert.equal((await verify(key, tokens(2))).ratelimits[0].remaining, 1);
  assert.equal(await code(key, tokens(2)), "RATE_LIMITED");
  assert.equal(await code(key, tokens(0)), "VALID"); // reads
  assert.equal((await verify(key, tokens())).ratelimits[0].remaining, 0);
  assert.equal(await code(key, tokens(4)), "RATE_LIMITED");
});

test("a limit of the request", async () => {
  const key = await create({});
  const inline = { ratelimits: [{ name: "inline", limit: 1, duration: DAY }] };
  const [limit] = (await verify(key, inline)).ratelimits;
  const want = { id: "", name: "inline", limit: 1, duration: DAY, autoApply: false, exceeded: false };
  assert.deepEqual(limit, { ...want, remaining: 0, reset: windowEnd(DAY) });
  assert.equal(await code(key, inline), "RATE_LIMITED");
});

test("an identity's limit, which its keys share", async () => {
  const ratelimits = [{ name: "tokens", limit: 3, duration: DAY }];
  await data(root.identities.createIdentity({ externalId: "sharing", ratelimits }));
  const [one, two] = [await create({ externalId: "sharing" }), await create({ externalId: "sharing" })];
  assert.equal(await code(one, tokens(2)), "VALID");
  assert.equal(await code(two, tokens(2)), "RATE_LIMITED");
  assert.equal(await code(two, tokens(1)), "VALID");
  assert.equal(await code(one, tokens(1)), "RATE_LIMITED");
});

test("a key's limit wins over its identity's of one name, and is its own", async () => {
  const ratelimits = [{ name: "tokens", limit: 1, duration: DAY }];
  await data(root.identities.createIdentity({ externalId: "merging", ratelimits }));
  const own = await create({ externalId: "merging", ratelimits: [{ ...ratelimits[0], limit: 5 }] });
  const plain = await create({ externalId: "merging" });
  assert.equal((await verify(own, tokens(3))).ratelimits[0].remaining, 2);
  assert.equal(await code(plain, tokens(1)), "VALID");
  assert.equal(await code(plain, tokens(1)), "RATE_LIMITED");
  assert.equal(await code(own, tokens(2)), "VALID");
});

test("of several limits all pass or none counts", async () => {
  const ratelimits = [
    { name: "wide", limit: 10, duration: DAY },
    { name: "narrow", limit: 1, duration: DAY },
  ];
  const key = await create({ ratelimits });
  const both = { ratelimits: [{ name: "wide" }, { name: "narrow" }] };
  assert.equal(await code(key, both), "VALID");
  const denied = (await verify(key, both)).ratelimits;
  const exceeded = Object.fromEntries(denied.map((r) => [r.name, r.exceeded]));
  assert.deepEqual(exceeded, { wide: false, narrow: true });
  const [wide] = (await verify(key, { ratelimits: [{ name: "wide", cost: 0 }] })).ratelimits;
  assert.equal(wide.remaining, 9);
});

test("a limit that is raised keeps its count", async () => {
  const ratelimits = [{ name: "tokens", limit: 2, duration: DAY }];
  await data(root.identities.createIdentity({ externalId: "raised", ratelimits }));
  const key = await create({ externalId: "raised" });
  assert.equal(await code(key, tokens(2)), "VALID");
  assert.equal(await code(key, tokens(1)), "RATE_LIMITED");
  const raised = [{ ...ratelimits[0], limit: 5 }];
  await data(root.identities.updateIdentity({ identity: "raised", ratelimits: raised }));
  assert.equal((await verify(key, tokens(1))).ratelimits[0].remaining, 2);
});

test("concurrent callers share a limit exactly", async () => {
  const key = await create({ ratelimits: [{ name: "tokens", limit: 10, duration: DAY }] });
  const all = await Promise.all(Array.from({ length: 25 }, () => code(key, tokens(1))));
  assert.equal(all.filter((c) => c === "VALID").length, 10, all.join());
});
