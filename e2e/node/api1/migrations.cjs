// Importing keys through @unkey/api 0.38.0.
"use strict";

const assert = require("node:assert/strict");
const { createHash, randomUUID } = require("node:crypto");
const { DAY, test } = require("../check.cjs");
const { anybody, ok, reader, refused, root } = require("./client.cjs");

const hash = (key) => ({ value: createHash("sha256").update(key).digest("base64"), variant: "sha256_base64" });
const createApi = async () => (await ok(root.apis.create({ name: "migrations" }))).apiId;

test("imported keys verify", async () => {
  const apiId = await createApi();
  const [hashed, plaintext] = [randomUUID(), `old_${randomUUID()}`];
  await ok(root.permissions.createPermission({ name: "import.read" }));
  await ok(root.permissions.createRole({ name: "importer" }));
  const { keyIds } = await ok(
    root.migrations.createKeys([
      {
        apiId,
        hash: hash(hashed),
        start: hashed.slice(0, 4),
        name: "Imported",
        externalId: "imported-user",
        meta: { from: "elsewhere" },
        roles: ["importer"],
        permissions: ["import.read"],
        expires: Date.now() + DAY,
        remaining: 5,
        ratelimit: { limit: 2, duration: DAY, refillRate: 2, refillInterval: DAY, async: false },
        environment: "live",
      },
      { apiId, plaintext },
    ]),
  );
  assert.equal(keyIds.length, 2);
  const verdict = await ok(anybody.keys.verify({ key: hashed, authorization: { permissions: "import.read" } }));
  assert.deepEqual(
    [verdict.code, verdict.keyId, verdict.name, verdict.remaining, verdict.environment],
    ["VALID", keyIds[0], "Imported", 4, "live"],
  );
  assert.deepEqual([verdict.meta, verdict.roles], [{ from: "elsewhere" }, ["importer"]]);
  assert.deepEqual([verdict.identity.externalId, verdict.ratelimit.limit], ["imported-user", 2]);
  assert.equal((await ok(root.keys.get({ keyId: keyIds[0] }))).start, hashed.slice(0, 4));
  assert.equal((await ok(anybody.keys.verify({ key: plaintext }))).keyId, keyIds[1]);
  assert.equal((await ok(root.keys.get({ keyId: keyIds[1], decrypt: true }))).plaintext, plaintext);
});

test("all or none", async () => {
  const apiId = await createApi();
  const [taken, fresh] = [randomUUID(), randomUUID()];
  await ok(root.migrations.createKeys([{ apiId, hash: hash(taken) }]));
  const both = [{ apiId, hash: hash(fresh) }, { apiId, hash: hash(taken) }];
  await refused("CONFLICT", root.migrations.createKeys(both));
  assert.equal((await ok(anybody.keys.verify({ key: fresh }))).code, "NOT_FOUND");
});

test("refusals", async () => {
  const apiId = await createApi();
  const key = { apiId, hash: hash(randomUUID()) };
  await refused("BAD_REQUEST", root.migrations.createKeys([{ apiId }]));
  await refused("NOT_FOUND", root.migrations.createKeys([{ ...key, apiId: "api_unknown" }]));
  await refused("PRECONDITION_FAILED", root.migrations.createKeys([{ ...key, roles: ["never-made"] }]));
  await refused("PRECONDITION_FAILED", root.migrations.createKeys([{ ...key, permissions: ["never.made"] }]));
  await refused("FORBIDDEN", reader.migrations.createKeys([key]));
});
