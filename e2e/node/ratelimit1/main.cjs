// @unkey/ratelimit 0.5.5, which speaks v1 through an @unkey/api of its own.
"use strict";

require("../check.cjs").run(__dirname, ["limit", "overrides"]);
