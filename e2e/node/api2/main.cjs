// @unkey/api 2.5.1, which speaks v2.
"use strict";

require("../check.cjs").run(__dirname, [
  "paging", // first, as it wants a tenant without identities
  "identities",
  "apis",
  "keys",
  "update",
  "verify",
  "limited",
  "grants",
  "permissions",
  "ratelimit",
  "migrations",
  "errors",
  "absent",
]);
