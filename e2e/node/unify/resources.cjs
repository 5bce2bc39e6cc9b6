// What a connection sets up for single resources.
"use strict";

const { test } = require("../check.cjs");
const { assert, books, of, refused } = require("./client.cjs");

const { vault } = of("configurer");
const invoices = { ...books, resource: "invoices" };

const simple = (label, value) => ({ label, value, optionType: "simple" });
const kinds = simple("Kinds", ["a", 10, 10.5]);
const general = { id: "general", label: "General", options: [simple("Days", 10), simple("Rate", 10.5), simple("Paid", true), simple("Code", "GC5000"), kinds], optionType: "group" };
const defaults = [
  { id: "Days", options: [simple("Ten", 10), simple("Half", 10.5)], value: 10 },
  { id: "Rate", options: [general], value: 10.5 },
  { id: "Paid", options: [], value: true },
  { id: "Kinds", options: [kinds], value: ["a", 10, 10.5] },
];
const configuration = [{ resource: "invoices", defaults }];
const others = [{ resource: "bills", defaults: [{ id: "Days", options: [], value: "ten" }] }];

// Plain values, as the SDK's objects have members that are undefined.
const plain = (value) => JSON.parse(JSON.stringify(value));
const same = (got, want) => assert.deepEqual(plain(got), plain(want));

test("one that can be configured is among the connection's", async () => {
  const { data } = (await vault.connections.update({ ...books, connection: { enabled: true, configuration: others } })).updateConnectionResponse;
  assert.deepEqual(data.configurableResources, ["invoices", "bills"]);
  assert.deepEqual(data.resourceSettingsSupport, ["invoices"]);
});

test("what is set comes back value for value", async () => {
  const { data } = (await vault.connectionSettings.update({ ...invoices, connection: { configuration } })).updateConnectionResponse;
  same(data.configuration, configuration);
  same((await vault.connectionSettings.list(invoices)).getConnectionResponse.data.configuration, configuration);
});

test("that of others stays", async () => {
  const { data } = (await vault.connections.get(books)).getConnectionResponse;
  same(data.configuration, [...others, ...configuration]);
  same((await vault.connectionSettings.list({ ...books, resource: "bills" })).getConnectionResponse.data.configuration, others);
});

test("one that there is not can't be configured", async () => {
  await refused(404, "EntityNotFoundError", vault.connectionSettings.list({ ...books, resource: "nothing" }));
  await refused(404, "EntityNotFoundError", vault.connectionSettings.update({ ...books, resource: "nothing", connection: { configuration: [] } }));
});
