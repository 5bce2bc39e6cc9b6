// @apideck/unify 0.52.2, Apideck's TypeScript SDK.
"use strict";

require("../check.cjs").run(__dirname, ["connections", "grants", "consumers", "sessions", "around", "mappings", "resources", "webhooks", "failures"]);
