// Paging through @unkey/api. Needs a tenant without identities.
"use strict";

const assert = require("node:assert/strict");
const { test } = require("../check.cjs");
const { ok, root: { identities: root } } = require("./client.cjs");

const COUNT = 120;
const ids = [];

test("a tenant without identities gets some", async () => {
  assert.deepEqual(await ok(root.list({})), { identities: [], total: 0 });
  for (let i = 0; i < COUNT; i++) {
    const ratelimits = [{ name: "tokens", limit: i + 1, duration: 1000 }];
    const made = await ok(root.create({ externalId: `user_${i}`, meta: { i }, ratelimits }));
    ids.push(made.identityId);
  }
});

async function pages(request) {
  const all = [];
  for (let cursor; all.length === 0 || cursor !== undefined; ) {
    const page = await ok(root.list({ ...request, cursor }));
    all.push(page);
    cursor = page.cursor;
  }
  return all;
}

for (const { limit, sizes } of [
  { limit: undefined, sizes: [100, 20] },
  { limit: 100, sizes: [100, 20] },
  { limit: 40, sizes: [40, 40, 40] }, // a full last page still has no cursor
  { limit: 7, sizes: [...Array(17).fill(7), 1] },
]) {
  test(`pages of ${limit ?? "the default"} show every identity once`, async () => {
    const all = await pages({ limit });
    assert.deepEqual(all.map((p) => p.identities.length), sizes);
    assert.deepEqual(all.map((p) => p.total), sizes.map(() => COUNT));
    const seen = all.flatMap((p) => p.identities);
    assert.deepEqual(seen.map((i) => i.id), [...ids].sort());
    for (const i of seen) {
      const n = Number(i.externalId.slice("user_".length));
      const ratelimits = [{ name: "tokens", limit: n + 1, duration: 1000 }];
      assert.deepEqual(i, { id: ids[n], externalId: `user_${n}`, ratelimits });
    }
  });
}

test("a cursor can be used again", async () => {
  const { cursor } = await ok(root.list({ limit: 50 }));
  for (let i = 0; i < 2; i++) {
    const page = await ok(root.list({ limit: 5, cursor }));
    assert.deepEqual(page.identities.map((i) => i.id), [...ids].sort().slice(50, 55));
  }
});
