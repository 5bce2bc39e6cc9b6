// Webhooks of an application.
"use strict";

const { test } = require("../check.cjs");
const { assert, of, pages, refused } = require("./client.cjs");

const { webhooks } = of(undefined).webhook;
const events = ["vault.connection.created", "vault.connection.callable"];
let id;

test("one is made", async () => {
  const createWebhookRequest = { description: "A webhook", unifiedApi: "vault", status: "enabled", deliveryUrl: "https://example.com/hook", events };
  const { data } = (await webhooks.create({ createWebhookRequest })).createWebhookResponse;
  assert.equal(data.status, "enabled");
  assert.deepEqual(data.events, events);
  id = data.id;
});

test("it is found, listed and changed", async () => {
  assert.equal((await webhooks.get({ id })).getWebhookResponse.data.deliveryUrl, "https://example.com/hook");
  assert.ok((await pages(webhooks.list({ limit: 5 }), "getWebhooksResponse")).items.some((w) => w.id === id));
  const { data } = (await webhooks.update({ id, updateWebhookRequest: { status: "disabled" } })).updateWebhookResponse;
  assert.equal(data.status, "disabled");
});

test("it may not lead inside", async () => {
  const createWebhookRequest = { unifiedApi: "vault", status: "enabled", deliveryUrl: "http://169.254.169.254/", events };
  await refused(400, "RequestValidationError", webhooks.create({ createWebhookRequest }));
});

test("it is deleted once", async () => {
  assert.equal((await webhooks.delete({ id })).deleteWebhookResponse.data.id, id);
  await refused(404, "EntityNotFoundError", webhooks.delete({ id }));
});
