// What is refused, and as what.
"use strict";

const { test } = require("../check.cjs");
const { assert, keyed, of, pipedrive, refused } = require("./client.cjs");

const { connections } = of("failures").vault;

test("a key that is none", async () => {
  await refused(401, "UnauthorizedError", of("ann", { apiKey: "sk_test_nobody" }).vault.connections.get(pipedrive));
});

test("another application's name", async () => {
  await refused(401, "UnauthorizedError", of("ann", { appId: "somebody-elses" }).vault.connections.get(pipedrive));
});

test("no application", async () => {
  await refused(400, "RequestHeadersValidationError", of("ann", { appId: undefined }).vault.connections.get(pipedrive));
});

test("no consumer", async () => {
  await refused(400, "RequestHeadersValidationError", of(undefined).vault.connections.get(pipedrive));
});

test("a service that is not integrated", async () => {
  const { message } = await refused(404, "IntegrationNotFoundError", connections.get({ unifiedApi: "crm", serviceId: "hubspot" }));
  assert.match(message, /hubspot/);
});

test("a pair that there is not", async () => {
  await refused(404, "ConnectorNotFoundError", connections.get({ unifiedApi: "accounting", serviceId: "pipedrive" }));
});

test("deleting one that was never added", async () => {
  await refused(404, "ConnectionNotFoundError", connections.delete(keyed));
});

test("a token for what has no such grant", async () => {
  await connections.update({ ...pipedrive, connection: { enabled: true } });
  await refused(422, "InvalidStateError", connections.token(pipedrive));
});

test("an import without a token", async () => {
  await refused(400, "RequestValidationError", connections.imports({ ...pipedrive, connectionImportData: { credentials: { accessToken: "" } } }));
});
