// What the tests of @unkey/api 2.5.1 share: the SDK for each key. It checks what it gets: a
// field that is missing, null or of another type is a ResponseValidationError.
"use strict";

const assert = require("node:assert/strict");
const { Unkey } = require("api2");
const errors = require("api2/models/errors");

const { BASE_URL, UNKEY_ROOT_KEY, READER_KEY, OTHER_KEY } = process.env;

delete process.env.UNKEY_ROOT_KEY; // an SDK made without a key would take this one

const unkey = (rootKey) => new Unkey({ serverURL: BASE_URL, rootKey });
const root = unkey(UNKEY_ROOT_KEY);

// The data of an answer, after its envelope is checked.
async function data(call) {
  const { meta, data, ...rest } = await call;
  assert.match(meta.requestId, /^req_/);
  assert.deepEqual(rest, {});
  return data;
}

const problems = {
  400: [errors.BadRequestErrorResponse, "Bad Request"],
  401: [errors.UnauthorizedErrorResponse, "Unauthorized"],
  403: [errors.ForbiddenErrorResponse, "Insufficient Permissions"],
  404: [errors.NotFoundErrorResponse, "Not Found"],
  409: [errors.ConflictErrorResponse, "Conflicting Resource"],
};

// Checks that a call is refused with a status by the class that the SDK has for it, and
// returns the error of the body.
async function refused(status, call) {
  const [type, title] = problems[status];
  const caught = await call.then(
    (got) => assert.fail(`not refused: ${JSON.stringify(got)}`),
    (e) => e,
  );
  assert.ok(caught instanceof type, `want a ${type.name}, got ${caught.stack}`);
  assert.equal(caught.statusCode, status);
  assert.match(caught.meta.requestId, /^req_/);
  const { detail, type: uri, errors: violations, ...rest } = caught.error;
  assert.deepEqual(rest, { title, status });
  assert.match(uri, /^https:\/\/unkey\.com\/docs\/errors\/\w+\/\w+\/\w+$/);
  assert.ok(detail);
  assert.equal(Array.isArray(violations), status === 400);
  return caught.error;
}

// All items of a list that pages by cursor, and how many pages they came in.
async function pages(call) {
  const sizes = [];
  const items = [];
  for await (const { result } of await call) {
    assert.match(result.meta.requestId, /^req_/);
    const { hasMore, cursor } = result.pagination;
    assert.equal(hasMore, cursor !== undefined);
    sizes.push(result.data.length);
    items.push(...result.data);
  }
  return { sizes, items };
}

const newApi = async (name) => (await data(root.apis.createApi({ name }))).apiId;

// The verdict on a key.
async function verify(key, request = {}) {
  const verdict = await data(root.keys.verifyKey({ key, ...request }));
  assert.equal(verdict.valid, verdict.code === "VALID");
  return verdict;
}

// A key without what differs from one run to the next, which it checks, without empty
// lists, and with its lists in the order of their names.
function settledKey({ createdAt, updatedAt, lastUsedAt, start, identity, ...key }) {
  assert.ok(start);
  for (const time of [createdAt, updatedAt ?? createdAt, lastUsedAt ?? createdAt]) {
    assert.ok(Math.abs(time - Date.now()) < 60_000, `${time} is not now`);
  }
  if (identity) {
    assert.match(identity.id, /^id_/);
    key.identity = { ...identity };
    delete key.identity.id;
  }
  for (const name of ["roles", "permissions"]) {
    key[name] = [...(key[name] ?? [])].sort();
    if (key[name].length === 0) delete key[name];
  }
  if (key.ratelimits) {
    key.ratelimits = key.ratelimits.map(({ id, ...limit }) => (assert.match(id, /^rl_/), limit));
    key.ratelimits.sort((a, b) => (a.name < b.name ? -1 : 1));
    if (key.ratelimits.length === 0) delete key.ratelimits;
  }
  return key;
}

module.exports = {
  code: async (...args) => (await verify(...args)).code,
  data,
  errors,
  newApi,
  nobody: unkey("hp_root_" + "x".repeat(26)),
  other: unkey(OTHER_KEY), // may do everything in another tenant
  pages,
  reader: unkey(READER_KEY), // may only read identities, in the same tenant
  refused,
  root, // may do everything
  settledKey,
  unkey,
  verify,
};
