// Custom mappings: where fields of a consumer's own are to be found.
"use strict";

const { test } = require("../check.cjs");
const { APIDECK_APP_ID, APIDECK_API_KEY, assert, keyed, of } = require("./client.cjs");

const { vault } = of("mapper");
const first = "$.root.training.first_aid";

const update = async (connection) => (await vault.connections.update({ ...keyed, connection })).updateConnectionResponse.data;
const listed = async () => (await vault.customMappings.list(keyed)).getCustomMappingsResponse.data;

test("what is set comes back", async () => {
  const { customMappings } = await update({ enabled: true, customMappings: [{ value: first }, { value: "$['a b'][0]" }] });
  assert.deepEqual(customMappings.map((m) => m.value), [first, "$['a b'][0]"]);
  assert.deepEqual((await listed()).map((m) => m.value), [first, "$['a b'][0]"]);
  assert.equal(new Set(customMappings.map((m) => m.id)).size, 2);
  assert.deepEqual(customMappings.map((m) => m.consumerId), ["mapper", "mapper"]);
});

test("other changes leave them alone", async () => {
  const before = await listed();
  await update({ settings: { base_url: "https://example.api-us1.com" } });
  assert.deepEqual(await listed(), before);
});

test("they are replaced as a whole", async () => {
  const [kept] = await listed();
  await update({ customMappings: [{ value: "$.changed" }] });
  assert.deepEqual(await listed(), [{ ...kept, value: "$.changed" }]);
});

// No SDK has these calls; Apideck's own pages make them.
test("each can be made, changed and removed by its id", async () => {
  const { BASE_URL } = process.env;
  const path = `${BASE_URL}/vault/custom-mappings/crm/activecampaign`;
  const headers = {
    authorization: `Bearer ${APIDECK_API_KEY}`, "x-apideck-app-id": APIDECK_APP_ID, "x-apideck-consumer-id": "mapper", "content-type": "application/json",
  };
  const id = "crm+contacts+first_aid_training";
  const call = async (method, body) => {
    const answer = await fetch(`${path}/${encodeURIComponent(id)}`, { method, headers, body: body && JSON.stringify(body) });
    return answer.status === 204 ? { status: 204 } : { status: answer.status, data: (await answer.json()).data };
  };
  assert.equal((await call("POST", { value: first })).status < 300, true);
  const ofContacts = async () => (await vault.connectionCustomMappings.list({ ...keyed, resource: "contacts" })).getCustomMappingsResponse.data;
  assert.deepEqual((await ofContacts()).map((m) => [m.id, m.key, m.value]), [[id, "first_aid_training", first]]);
  assert.equal((await call("PATCH", { value: "$.b" })).data.value, "$.b");
  assert.equal((await call("GET")).data.value, "$.b");
  await call("DELETE");
  assert.deepEqual(await ofContacts(), []);
  assert.equal((await listed()).length, 1);
});
