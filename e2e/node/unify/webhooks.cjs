// Webhooks of an application.
"use strict";

const { test } = require("../check.cjs");
const { assert, of, pages, refused } = require("./client.cjs");

const { webhooks } = of(undefined).webhook;
const events = ["vault.connection.created", "vault.connection.callable"];
const hook = "https://hooks.onion/hook"; // names of .onion are not looked up (RFC 7686): nothing leaves the machine
let id;

test("one is made", async () => {
  const createWebhookRequest = { description: "A webhook", unifiedApi: "vault", status: "enabled", deliveryUrl: hook, events };
  const { data } = (await webhooks.create({ createWebhookRequest })).createWebhookResponse;
  assert.equal(data.status, "enabled");
  assert.deepEqual(data.events, events);
  id = data.id;
});

test("it is found, listed and changed", async () => {
  assert.equal((await webhooks.get({ id })).getWebhookResponse.data.deliveryUrl, hook);
  assert.ok((await pages(webhooks.list({ limit: 5 }), "getWebhooksResponse")).items.some((w) => w.id === id));
  const { data } = (await webhooks.update({ id, updateWebhookRequest: { status: "disabled" } })).updateWebhookResponse;
  assert.equal(data.status, "disabled");
});

// Networks that are allowed to connectors are not to webhooks.
for (const deliveryUrl of [
  "http://169.254.169.254/", "http://127.0.0.1/", "https://127.0.0.1/", "https://127.0.0.1:8443/", "https://[::1]/", "https://[::ffff:127.0.0.1]/",
  "https://2130706433/", "https://0x7f.1/", "https://127.1/", "https://localhost/", "https://localhost:8443/", "http://example.com/", "https://example.com:22/",
]) {
  test(`it may not lead to ${deliveryUrl}`, async () => {
    const createWebhookRequest = { unifiedApi: "vault", status: "enabled", deliveryUrl, events };
    await refused(400, "RequestValidationError", webhooks.create({ createWebhookRequest }));
    await refused(400, "RequestValidationError", webhooks.update({ id, updateWebhookRequest: { deliveryUrl } }));
  });
}

test("it is deleted once", async () => {
  assert.equal((await webhooks.delete({ id })).deleteWebhookResponse.data.id, id);
  await refused(404, "EntityNotFoundError", webhooks.delete({ id }));
});
