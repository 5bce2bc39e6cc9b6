// Paging through @unkey/api 2.5.1. Needs a tenant without identities.
"use strict";

const assert = require("node:assert/strict");
const { test } = require("../check.cjs");
const { data, pages, refused, root } = require("./client.cjs");

const COUNT = 120;
const { identities } = root;
const ids = [];

test("a tenant without identities gets some", async () => {
  const { result } = await identities.listIdentities({});
  assert.deepEqual([result.data, result.pagination], [[], { hasMore: false }]);
  for (let i = 0; i < COUNT; i++) {
    const ratelimits = [{ name: "tokens", limit: i + 1, duration: 1000 }];
    const externalId = `User_${String(i).padStart(3, "0")}`;
    ids.push((await data(identities.createIdentity({ externalId, meta: { i }, ratelimits }))).identityId);
  }
});

for (const [limit, want] of [
  [undefined, [100, 20]],
  [100, [100, 20]],
  [40, [40, 40, 40]], // a full last page has no more either
  [7, [...Array(17).fill(7), 1]],
]) {
  test(`pages of ${limit ?? "the default"} show every identity once`, async () => {
    const { sizes, items } = await pages(identities.listIdentities({ limit }));
    assert.deepEqual(sizes, want);
    assert.deepEqual(items.map((i) => i.id), [...ids].sort());
    for (const { id, externalId, meta, ratelimits } of items) {
      const n = meta.i;
      assert.deepEqual([id, Number(externalId.slice(5)), ratelimits[0].limit], [ids[n], n, n + 1]);
    }
  });
}

test("search finds parts of either id, whatever the case", async () => {
  const found = async (search, limit) => pages(identities.listIdentities({ search, limit }));
  const { sizes, items } = await found("uSER_01", 4);
  assert.deepEqual(sizes, [4, 4, 2]);
  assert.deepEqual(items.map((i) => i.externalId).sort(), [...Array(10).keys()].map((i) => `User_01${i}`));
  assert.deepEqual((await found(ids[5])).items.map((i) => i.id), [ids[5]]);
  assert.deepEqual((await found("nobody's")).items, []);
});

test("a cursor can be used again", async () => {
  const { result } = await identities.listIdentities({ limit: 50 });
  for (let i = 0; i < 2; i++) {
    const { cursor } = result.pagination;
    const page = await identities.listIdentities({ limit: 5, cursor });
    assert.deepEqual(page.result.data.map((i) => i.id), [...ids].sort().slice(50, 55));
  }
});

test("bad pages", async () => {
  await refused(400, identities.listIdentities({ limit: 0 }));
  await refused(400, identities.listIdentities({ limit: 101 }));
  await refused(400, identities.listIdentities({ search: "x".repeat(257) }));
});
