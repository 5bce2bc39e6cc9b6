// What the tests of @unkey/api 0.38.0 share: the SDK for each key, and plain HTTP beside it.
"use strict";

const assert = require("node:assert/strict");
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

// Checks that a call is refused with a code, and returns the message.
async function refused(code, call) {
  const { result, error } = await call;
  assert.equal(result, undefined, JSON.stringify(result));
  const { message, requestId, ...rest } = error;
  assert.deepEqual(rest, { code, docs: `https://unkey.dev/docs/api-reference/errors/code/${code}` });
  assert.ok(message && requestId, JSON.stringify(error));
  return message;
}

// All items of a list that pages by cursor, and how many pages they came in.
async function pages(list, name, request) {
  const sizes = [];
  const items = [];
  for (let cursor; sizes.length === 0 || cursor !== undefined; ) {
    const page = await ok(list({ ...request, cursor }));
    sizes.push(page[name].length);
    items.push(...page[name]);
    cursor = page.cursor;
  }
  return { sizes, items };
}

// What a server with a key's secret verifies by: no root key. The SDK wants some word.
const anybody = unkey("public");

module.exports = {
  anybody,
  nobody: unkey("hp_root_" + "x".repeat(26)),
  ok,
  other: unkey(OTHER_KEY), // may do everything in another tenant
  pages,
  plainGet,
  reader: unkey(READER_KEY), // may only read identities, in the same tenant
  refused,
  root: unkey(UNKEY_ROOT_KEY), // may do everything
};
