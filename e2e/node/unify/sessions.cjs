// Sessions of consumers, whose tokens open what is theirs.
"use strict";

const { test } = require("../check.cjs");
const { assert, keyed, of, refused } = require("./client.cjs");

const { BASE_URL } = process.env;

test("a session has a page and a token", async () => {
  const session = {
    consumerMetadata: { accountName: "Acme", userName: "Ann" },
    settings: { unifiedApis: ["crm"], sessionLength: "30m", allowActions: ["delete", "disable"] },
    theme: { vaultName: "Ours", primaryColor: "#286efa" },
  };
  const { data } = (await of("guest").vault.sessions.create({ session })).createSessionResponse;
  assert.ok(data.sessionUri.endsWith(`/vault/session/${data.sessionToken}`));
  const page = await fetch(data.sessionUri);
  assert.equal(page.status, 200);
  const text = await page.text();
  assert.match(text, /Ours/);
  assert.match(text, /Pipedrive/);
  assert.doesNotMatch(text, /Acme Books/);
});

test("its token opens what is the consumer's, and no more", async () => {
  const { data } = (await of("guest").vault.sessions.create({})).createSessionResponse;
  const call = async (path, headers) => {
    const answer = await fetch(BASE_URL + path, { headers: { authorization: `Bearer ${data.sessionToken}`, "x-apideck-auth-type": "JWT", ...headers } });
    return { status: answer.status, body: await answer.json() };
  };
  const listed = await call("/vault/connections");
  assert.equal(listed.status, 200);
  assert.ok(listed.body.data.length > 0);
  assert.equal((await call("/vault/connections", { "x-apideck-consumer-id": "ann" })).status, 401);
  assert.equal((await call("/vault/consumers")).status, 401);
});

test("where it leads must be one of the application's addresses", async () => {
  await refused(400, "OAuthRedirectUriError", of("guest").vault.sessions.create({ session: { redirectUri: "https://evil.example.com" } }));
});

test("a session's token is no key", async () => {
  const { data } = (await of("guest").vault.sessions.create({})).createSessionResponse;
  await refused(401, "UnauthorizedError", of("other", { apiKey: data.sessionToken }).vault.connections.get(keyed));
});
