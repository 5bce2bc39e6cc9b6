// Connections, consumers and sessions. This SDK passes on what it gets, and throws answers
// that are no success.
"use strict";

const assert = require("node:assert/strict");
const { Apideck } = require("@apideck/node");
const { test } = require("../check.cjs");

const { BASE_URL, APIDECK_APP_ID, APIDECK_API_KEY, PROVIDER_CLIENT, PROVIDER_SECRET } = process.env;

const { vault } = new Apideck({ basePath: BASE_URL, apiKey: APIDECK_API_KEY, appId: APIDECK_APP_ID, consumerId: "older" });
const pipedrive = { serviceId: "pipedrive", unifiedApi: "crm" };
const books = { serviceId: "acme-books", unifiedApi: "accounting" };
const metadata = { account: { name: "My Company", id: "c01458a5-7276-41ce-bc19-639906b0450a" }, plan: "enterprise" };

// The body of an answer that refuses a call.
async function refused(status, typeName, call) {
  const answer = await call.then(
    (got) => assert.fail(`not refused: ${JSON.stringify(got)}`),
    (e) => e,
  );
  assert.equal(answer.status, status, String(answer.stack));
  const body = await answer.json();
  assert.equal(body.type_name, typeName);
  return body;
}

test("connections are listed, changed and had", async () => {
  const { data } = await vault.connectionsAll({ api: "crm" });
  assert.ok(data.some((c) => c.id === "crm+pipedrive"));
  const _configuration = [{ resource: "leads", defaults: [{ id: "ProductInterest", options: [{ label: "General", value: 10.5 }], value: "GC5000 series" }] }];
  const changed = (await vault.connectionsUpdate({ ...pipedrive, connection: { enabled: true, metadata, _configuration } })).data;
  assert.deepEqual(changed.metadata, metadata);
  const had = (await vault.connectionsOne(pipedrive)).data;
  assert.equal(had._configuration[0].defaults[0].value, "GC5000 series");
  assert.equal(had.state, "added");
});

test("one is imported", async () => {
  const connection = { credentials: { refresh_token: "a-refresh-token", access_token: "an-access-token", expires_in: 3600, issued_at: new Date() }, metadata };
  assert.equal((await vault.connectionsImport({ ...pipedrive, connection })).data.state, "callable");
});

test("one gets a token by a grant", async () => {
  await vault.connectionsUpdate({ ...books, connection: { enabled: true, settings: { client_id: PROVIDER_CLIENT, client_secret: PROVIDER_SECRET } } });
  assert.equal((await vault.connectionsToken({ ...books, body: {} })).data.state, "callable");
  assert.equal((await vault.validateConnectionState({ ...books, body: {} })).data.state, "callable");
});

test("one is deleted, once", async () => {
  await vault.connectionsDelete(pipedrive);
  await refused(404, "ConnectionNotFoundError", vault.connectionsDelete(pipedrive));
});

test("consumers and sessions are made", async () => {
  const consumer = { consumer_id: "of-older", metadata: { account_name: "SpaceX", user_name: "Elon" } };
  assert.equal((await vault.consumersAdd({ consumer })).data.consumer_id, "of-older");
  assert.ok((await vault.sessionsCreate({ session: {} })).data.session_token);
  await refused(404, "EntityNotFoundError", vault.consumersOne({ consumerId: "nobody" }));
});
