// Every error that @unkey/api 2.5.1 maps to a class of its own, by status and content type:
// application/json for all but 429 and those of deleteIdentity, which it expects as
// application/problem+json. Others are an APIError. It retries 5XX and lost connections
// for 10 s.
//
// No test of any step repeats a failing request, so the caller can tell a retry from a
// test.
"use strict";

const assert = require("node:assert/strict");
const { test } = require("../check.cjs");
const { data, errors, nobody, reader, refused, root, unkey } = require("./client.cjs");

const { identities } = root;
const TOKENS = { name: "tokens", limit: 10, duration: 1000 };

const create = (fields) => identities.createIdentity({ externalId: "refused", ...fields });
const badRequests = {
  "no external id": () => create({ externalId: "" }),
  "external id of 256 characters": () => create({ externalId: "x".repeat(256) }),
  "external id with an @": () => create({ externalId: "me@example.com" }),
  "meta of 101 members": () => create({ meta: Object.fromEntries([...Array(101).keys()].map((i) => [i, i])) }),
  "rate limit of 0": () => create({ ratelimits: [{ ...TOKENS, limit: 0 }] }),
  "rate limit name of two characters": () => create({ ratelimits: [{ ...TOKENS, name: "ab" }] }),
  "window below a second": () => create({ ratelimits: [{ ...TOKENS, duration: 999 }] }),
  "51 rate limits": () =>
    create({ ratelimits: [...Array(51).keys()].map((i) => ({ ...TOKENS, name: `limit-${i}` })) }),
  "get of nobody": () => identities.getIdentity({ identity: "" }),
  "delete of nobody": () => identities.deleteIdentity({ identity: "" }),
  "two limits of one name in update": () => identities.updateIdentity({ identity: "known", ratelimits: [TOKENS, TOKENS] }),
};
for (const [name, call] of Object.entries(badRequests)) {
  test(name, async () => {
    if (name.endsWith("update")) await data(identities.createIdentity({ externalId: "known" }));
    const error = await refused(400, call());
    for (const { location, message } of error.errors) assert.ok(location && message);
  });
}

test("every broken rule is told, with its place", async () => {
  const call = create({ externalId: "a b", ratelimits: [{ ...TOKENS, limit: 0 }] });
  const { errors: violations } = await refused(400, call);
  const places = violations.map((v) => v.location).join(" ");
  assert.ok(/externalId/.test(places) || /ratelimits/.test(places), places);
});

test("no key is a bad request", async () => {
  const error = await refused(400, unkey().identities.getIdentity({ identity: "known" }));
  assert.match(error.type, /\/unkey\/authentication\/\w+$|\/authentication\//);
});

test("an unknown key is unauthorized", async () => {
  const { type } = await refused(401, nobody.identities.createIdentity({ externalId: "nobody" }));
  assert.equal(type, "https://unkey.com/docs/errors/unkey/authentication/key_not_found");
  await refused(401, nobody.identities.getIdentity({ identity: "nobody" }));
  await refused(401, nobody.identities.listIdentities({}));
  await refused(401, nobody.identities.deleteIdentity({ identity: "nobody" }));
  await refused(401, nobody.keys.verifyKey({ key: "nobody" }));
  await refused(401, nobody.ratelimit.limit({ namespace: "n", identifier: "n", limit: 1, duration: 1000 }));
});

test("a key that may not is forbidden", async () => {
  const { type, detail } = await refused(403, reader.identities.createIdentity({ externalId: "by-reader" }));
  assert.equal(type, "https://unkey.com/docs/errors/unkey/authorization/insufficient_permissions");
  assert.match(detail, /identity\.\*\.create_identity/);
  await refused(403, reader.identities.updateIdentity({ identity: "by-reader", meta: {} }));
  await refused(403, reader.identities.deleteIdentity({ identity: "by-reader" }));
});

test("not found", async () => {
  const { type } = await refused(404, identities.getIdentity({ identity: "id_unknown" }));
  assert.equal(type, "https://unkey.com/docs/errors/unkey/data/identity_not_found");
  await refused(404, identities.updateIdentity({ identity: "id_unknown", meta: {} }));
  await refused(404, identities.deleteIdentity({ identity: "id_unknown" }));
});

test("conflict", async () => {
  await data(identities.createIdentity({ externalId: "taken" }));
  const { type } = await refused(409, identities.createIdentity({ externalId: "taken" }));
  assert.equal(type, "https://unkey.com/docs/errors/unkey/data/identity_already_exists");
});

test("what the SDK itself refuses is not sent", async () => {
  await assert.rejects(identities.createIdentity({ externalId: 12345 }), errors.SDKValidationError);
});
