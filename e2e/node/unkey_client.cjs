// What the tests of @unkey/api share: the SDK for each key, and plain HTTP beside it.
//
// CommonJS, because only require finds packages by NODE_PATH; the package's ES module
// entry is one that Node does not use either.
"use strict";

const { Unkey } = require("@unkey/api");

const { BASE_URL, UNKEY_ROOT_KEY, READER_KEY, OTHER_KEY } = process.env;

const unkey = (rootKey) => new Unkey({ baseUrl: BASE_URL, rootKey });

// The body of a GET as it came over the wire.
async function plainGet(path) {
  const headers = { Authorization: `Bearer ${UNKEY_ROOT_KEY}` };
  return (await fetch(BASE_URL + path, { headers })).text();
}

// The result of a call that must succeed.
async function ok(call) {
  const { result, error } = await call;
  if (error) throw new Error(`${error.code}: ${error.message}`);
  return result;
}

module.exports = {
  ok,
  plainGet,
  root: unkey(UNKEY_ROOT_KEY).identities, // may do everything
  reader: unkey(READER_KEY).identities, // may only read, in the same tenant
  other: unkey(OTHER_KEY).identities, // may do everything in another tenant
  nobody: unkey("hp_root_" + "x".repeat(26)).identities,
};
