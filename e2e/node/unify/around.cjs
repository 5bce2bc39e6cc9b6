// What surrounds connections: consent, mappings, states of callbacks, logs, the catalog.
"use strict";

const { test } = require("../check.cjs");
const { assert, keyed, of, pages, pipedrive, refused } = require("./client.cjs");

const sdk = of("around");
const { vault } = sdk;

test("a connection's mappings are empty at first", async () => {
  await vault.connections.update({ ...keyed, connection: { enabled: true } });
  assert.deepEqual((await vault.customMappings.list(keyed)).getCustomMappingsResponse.data, []);
  assert.deepEqual((await vault.connectionCustomMappings.list({ ...keyed, resource: "contacts" })).getCustomMappingsResponse.data, []);
});

test("consent is recorded", async () => {
  const { data } = (await vault.connectionConsent.update({ ...keyed, updateConsentRequest: { granted: true, resources: "*" } })).updateConsentResponse;
  assert.equal(data.granted, true);
  const listed = (await vault.connectionConsents.list(keyed)).getConsentRecordsResponse.data;
  assert.equal(JSON.stringify(listed).includes('"granted":true'), true);
});

test("a callback gets a state", async () => {
  const { data } = (await vault.createCallback.state({ ...pipedrive, createCallbackState: {} })).createCallbackStateResponse;
  assert.ok(data.state);
});

test("calls are logged", async () => {
  for (let left = 100; ; left--) {
    const { items } = await pages(vault.logs.list({ limit: 50 }), "getLogsResponse");
    const own = items.filter((l) => l.consumerId === "around");
    if (own.some((l) => l.httpMethod === "PATCH" && l.statusCode === 200 && l.service.id === "activecampaign")) break;
    assert.ok(left, `not logged: ${JSON.stringify(own)}`);
    await new Promise((done) => setTimeout(done, 100));
  }
});

test("the catalog has connectors and APIs", async () => {
  const { items } = await pages(sdk.connector.connectors.list({ limit: 50 }), "getConnectorsResponse");
  assert.ok(items.length >= 50);
  const one = (await sdk.connector.connectors.get({ id: "pipedrive" })).getConnectorResponse.data;
  assert.equal(one.name, "Pipedrive");
  const apis = await pages(sdk.connector.apis.list({}), "getApisResponse");
  assert.ok(apis.items.some((a) => a.id === "crm"));
  assert.equal((await sdk.connector.apis.get({ id: "crm" })).getApiResponse.data.id, "crm");
  await refused(404, "ConnectorNotFoundError", sdk.connector.connectors.get({ id: "nobody" }));
});
