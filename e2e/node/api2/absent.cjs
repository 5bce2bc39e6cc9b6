// What Holdplane does not have, through @unkey/api 2.5.1: it says so at once, and nobody
// sends it again. The SDK has no class for most of these.
"use strict";

const assert = require("node:assert/strict");
const { test } = require("../check.cjs");
const { errors, root } = require("./client.cjs");

const calls = {
  "analytics.getVerifications": () => root.analytics.getVerifications({ query: "SELECT 1" }),
  "analytics.getRatelimits": () => root.analytics.getRatelimits({ query: "SELECT 1" }),
  "projects.listProjects": () => root.projects.listProjects({}),
  "portal.createSession": () => root.portal.createSession({ portal: "mine", externalId: "user_1", scopes: [] }),
  "deployments.getDeployment": () => root.deployments.getDeployment({ deploymentId: "d_1" }),
};
for (const [name, call] of Object.entries(calls)) {
  test(name, () =>
    assert.rejects(call(), (e) => {
      assert.ok(e instanceof errors.UnkeyError, e.stack);
      const { meta, error } = JSON.parse(e.body);
      assert.deepEqual([e.statusCode, error.status, error.title], [404, 404, "Not Found"]);
      assert.match(error.detail, /not available/i);
      assert.ok(meta.requestId && error.type);
      return true;
    }),
  );
}
