// Taking over keys of which only hashes are known, through @unkey/api 2.5.1.
"use strict";

const assert = require("node:assert/strict");
const { createHash, randomUUID } = require("node:crypto");
const { DAY, test } = require("../check.cjs");
const { code, data, newApi, other, reader, refused, root, verify } = require("./client.cjs");

const hash = (key) => createHash("sha256").update(key).digest("base64");
const migrationId = "sha256"; // hashes as Unkey's own

test("migrated keys verify", async () => {
  const apiId = await newApi("migrations");
  await data(root.permissions.createRole({ name: "migrated-role" }));
  const [full, bare] = [randomUUID(), randomUUID()];
  const keys = [
    {
      hash: hash(full),
      name: "Migrated",
      externalId: "migrated-user",
      meta: { from: ["elsewhere", null] },
      roles: ["migrated-role"],
      permissions: ["migrated.read"],
      expires: Date.now() + DAY,
      credits: { remaining: 5 },
      ratelimits: [{ name: "tokens", limit: 2, duration: DAY, autoApply: true }],
    },
    { hash: hash(bare), enabled: false },
  ];
  const { migrated, failed } = await data(root.keys.migrateKeys({ migrationId, apiId, keys }));
  assert.deepEqual([migrated.map((m) => m.hash), failed], [keys.map((k) => k.hash), []]);
  const verdict = await verify(full, { permissions: "migrated.read" });
  assert.deepEqual(
    [verdict.code, verdict.keyId, verdict.name, verdict.credits, verdict.meta, verdict.roles],
    ["VALID", migrated[0].keyId, "Migrated", 4, keys[0].meta, ["migrated-role"]],
  );
  assert.deepEqual([verdict.identity.externalId, verdict.ratelimits[0].limit], ["migrated-user", 2]);
  assert.equal(await code(full, { migrationId }), "VALID");
  assert.equal(await code(bare), "DISABLED");
});

test("keys that are there already fail alone", async () => {
  const apiId = await newApi("migrations");
  const [taken, fresh] = [randomUUID(), randomUUID()];
  const migrate = (...secrets) =>
    data(root.keys.migrateKeys({ migrationId, apiId, keys: secrets.map((s) => ({ hash: hash(s) })) }));
  await migrate(taken);
  const { migrated, failed } = await migrate(taken, fresh);
  assert.deepEqual([migrated.map((m) => m.hash), failed], [[hash(fresh)], [hash(taken)]]);
  assert.deepEqual([await code(taken), await code(fresh)], ["VALID", "VALID"]);
});

test("refusals", async () => {
  const apiId = await newApi("migrations");
  const request = { migrationId, apiId, keys: [{ hash: hash(randomUUID()) }] };
  await refused(400, root.keys.migrateKeys({ ...request, keys: [] }));
  await refused(404, root.keys.migrateKeys({ ...request, apiId: "api_unknown" }));
  await refused(403, reader.keys.migrateKeys(request));
  await refused(404, other.keys.migrateKeys(request));
});
