// @apideck/node 3.8.0, the TypeScript SDK before @apideck/unify.
"use strict";

require("../check.cjs").run(__dirname, ["vault"]);
