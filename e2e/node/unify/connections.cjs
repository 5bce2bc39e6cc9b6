// The connections of a consumer.
"use strict";

const { test } = require("../check.cjs");
const { APIDECK_APP_ID, assert, keyed, of, pipedrive } = require("./client.cjs");

const ann = of("ann").vault.connections;

test("all integrations are listed, added or not", async () => {
  const { data } = (await ann.list({})).getConnectionsResponse;
  const ids = data.map((c) => c.id);
  for (const id of ["crm+pipedrive", "lead+pipedrive", "crm+acme-crm", "accounting+acme-books", "crm+activecampaign"]) assert.ok(ids.includes(id), id);
  assert.deepEqual(new Set(data.map((c) => c.state)), new Set(["available"]));
});

test("they are listed by unified API, and by whether they are configured", async () => {
  const { data } = (await ann.list({ api: "accounting" })).getConnectionsResponse;
  assert.deepEqual(data.map((c) => c.id), ["accounting+acme-books"]);
  assert.deepEqual((await ann.list({ configured: true })).getConnectionsResponse.data, []);
});

test("one that was not added can be had", async () => {
  const { data } = (await ann.get(pipedrive)).getConnectionResponse;
  assert.equal(data.state, "available");
  assert.equal(data.enabled, false);
  assert.equal(data.integrationState, "configured");
  assert.match(data.authorizeUrl, new RegExp(`/vault/authorize/pipedrive/${APIDECK_APP_ID}\\?state=`));
  assert.match(data.revokeUrl, /\/vault\/revoke\/pipedrive\//);
});

test("settings make one callable, and secrets stay inside", async () => {
  const connection = { enabled: true, settings: { base_url: "https://example.api-us1.com", api_key: "a-very-secret-key" }, metadata: { additionalProperties: { plan: "enterprise" } } };
  const { data } = (await ann.update({ ...keyed, connection })).updateConnectionResponse;
  assert.equal(data.state, "callable");
  assert.equal(data.enabled, true);
  assert.equal(data.settings.base_url, "https://example.api-us1.com");
  assert.equal(data.settings.api_key, undefined);
  assert.ok(data.formFields.find((f) => f.id === "api_key").value ?? true);
  assert.ok(!JSON.stringify(data).includes("a-very-secret-key"));
  assert.equal(typeof data.createdAt, "number");
});

test("what is added is configured", async () => {
  assert.deepEqual((await ann.list({ configured: true })).getConnectionsResponse.data.map((c) => c.id), ["crm+activecampaign"]);
  assert.ok(!(await ann.list({ configured: false })).getConnectionsResponse.data.some((c) => c.id === "crm+activecampaign"));
});

test("another consumer has none of it", async () => {
  assert.equal((await of("bob").vault.connections.get(keyed)).getConnectionResponse.data.state, "available");
});

test("one that is switched off keeps its data", async () => {
  const off = (await ann.update({ ...keyed, connection: { enabled: false } })).updateConnectionResponse.data;
  assert.notEqual(off.state, "callable");
  assert.equal(off.settings.base_url, "https://example.api-us1.com");
  assert.equal((await ann.update({ ...keyed, connection: { enabled: true } })).updateConnectionResponse.data.state, "callable");
});

test("a connection is imported with its tokens", async () => {
  const connectionImportData = {
    credentials: { refreshToken: "a-refresh-token", accessToken: "an-access-token", issuedAt: new Date(), expiresIn: 3600 },
    metadata: { account: { name: "My Company", id: "c01458a5-7276-41ce-bc19-639906b0450a" }, plan: "enterprise" },
  };
  const answer = await ann.imports({ ...pipedrive, connectionImportData });
  assert.equal(answer.httpMeta.response.status, 200);
  const { data } = answer.createConnectionResponse;
  assert.equal(data.state, "callable");
  assert.ok(!JSON.stringify(data).includes("-token"));
});

test("one that is deleted is available again", async () => {
  assert.equal((await ann.delete(keyed)).httpMeta.response.status, 204);
  const { data } = (await ann.get(keyed)).getConnectionResponse;
  assert.equal(data.state, "available");
  assert.equal(data.settings ?? null, null);
});
