// The consumers of an application.
"use strict";

const { test } = require("../check.cjs");
const { APIDECK_APP_ID, assert, keyed, of, pages, refused } = require("./client.cjs");

const { vault } = of(undefined);
const { consumers } = vault;
const metadata = { accountName: "SpaceX", userName: "Elon", email: "elon@example.com", image: "https://example.com/elon.png" };

test("one is made", async () => {
  const { data } = (await consumers.create({ createConsumerRequest: { consumerId: "made-1", metadata } })).createConsumerResponse;
  assert.equal(data.consumerId, "made-1");
  assert.equal(data.applicationId, APIDECK_APP_ID);
  assert.deepEqual({ ...data.metadata }, metadata);
});

test("one is found, changed, and lists its connections", async () => {
  await of("made-1").vault.connections.update({ ...keyed, connection: { enabled: true, settings: { base_url: "https://example.api-us1.com", api_key: "k" } } });
  await consumers.update({ consumerId: "made-1", updateConsumerRequest: { metadata: { ...metadata, userName: "Ann" } } });
  const { data } = (await consumers.get({ consumerId: "made-1" })).getConsumerResponse;
  assert.equal(data.metadata.userName, "Ann");
  assert.deepEqual(data.connections.map((c) => [c.serviceId, c.state]), [["activecampaign", "callable"]]);
});

test("who makes a call is one, and all are listed in pages", async () => {
  for (const id of ["page-1", "page-2", "page-3"]) await of(id).vault.connections.update({ ...keyed, connection: { enabled: true } });
  const { sizes, items } = await pages(consumers.list({ limit: 2, filter: { consumerId: "page-" } }), "getConsumersResponse");
  assert.deepEqual(sizes, [2, 1]);
  assert.deepEqual(items.map((c) => c.consumerId).sort(), ["page-1", "page-2", "page-3"]);
});

test("calls are counted", async () => {
  const now = Date.now();
  const span = { startDatetime: new Date(now - 86_400_000).toISOString(), endDatetime: new Date(now + 86_400_000).toISOString() };
  const { data } = (await vault.consumerRequestCounts.list({ consumerId: "made-1", ...span })).consumerRequestCountsInDateRangeResponse;
  assert.equal(data.consumerId, "made-1");
});

test("one that is deleted takes its connections along", async () => {
  const { data } = (await consumers.delete({ consumerId: "made-1" })).deleteConsumerResponse;
  assert.equal(data.consumerId, "made-1");
  await refused(404, "EntityNotFoundError", consumers.get({ consumerId: "made-1" }));
  assert.equal((await of("made-1").vault.connections.get(keyed)).getConnectionResponse.data.state, "available");
});
