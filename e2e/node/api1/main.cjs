// @unkey/api 0.38.0, which speaks v1.
"use strict";

require("../check.cjs").run(__dirname, [
  "paging", // first, as it wants a tenant without identities
  "identities",
  "apis",
  "keys",
  "verify",
  "grants",
  "permissions",
  "ratelimits",
  "migrations",
  "errors",
  "absent",
]);
