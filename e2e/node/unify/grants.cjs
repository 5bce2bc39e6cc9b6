// Tokens without a browser, from a real provider.
"use strict";

const { test } = require("../check.cjs");
const { assert, books, client, of, refused } = require("./client.cjs");

const { vault } = of("grants");

test("a grant of client credentials makes a connection callable", async () => {
  const added = (await vault.connections.update({ ...books, connection: { enabled: true, settings: client } })).updateConnectionResponse.data;
  assert.equal(added.state, "added");
  const { data } = (await vault.connections.token(books)).getConnectionResponse;
  assert.equal(data.state, "callable");
  assert.equal(data.health, "ok");
});

test("validation asks the provider again", async () => {
  const { data } = (await vault.validateConnection.state({ ...books, requestBody: {} })).validateConnectionStateResponse;
  assert.equal(data.state, "callable");
});

test("a provider that refuses is no failure of ours", async () => {
  const { vault } = of("mistaken");
  await vault.connections.update({ ...books, connection: { enabled: true, settings: { ...client, client_secret: "not-the-secret" } } });
  const { detail } = await refused(401, "ConnectorCredentialsError", vault.connections.token(books));
  assert.match(JSON.stringify(detail), /invalid_client/);
  const { data } = (await vault.connections.get(books)).getConnectionResponse;
  assert.equal(data.state, "invalid");
});

test("settings have to be there first", async () => {
  const { vault } = of("hasty");
  await vault.connections.update({ ...books, connection: { enabled: true } });
  await refused(422, "ConnectionSettingsError", vault.connections.token(books));
});
