// What Holdplane does not have, through @unkey/api 0.38.0: it says so at once, and nobody
// sends it again.
"use strict";

const assert = require("node:assert/strict");
const { test } = require("../check.cjs");
const { refused, root } = require("./client.cjs");

async function absent(call) {
  assert.match(await refused("NOT_FOUND", call), /not available/i);
}

test("analytics", async () => {
  await absent(root.analytics.getVerifications({ apiId: "api_1" }));
  await absent(root.keys.getVerifications({ keyId: "key_1" }));
});

test("queued migrations", async () => {
  await absent(root.migrations.enqueueKeys({ migrationId: "m", apiId: "api_1", keys: [] }));
});
