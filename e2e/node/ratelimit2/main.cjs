// @unkey/ratelimit 2.1.4, which speaks v2 through an @unkey/api of its own.
"use strict";

require("../check.cjs").run(__dirname, ["limit", "denial", "overrides"]);
