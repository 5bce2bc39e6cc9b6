// What the tests of @apideck/unify 0.52.2 share. It checks what it gets: a field that is
// missing, null or of another type is a ResponseValidationError.
"use strict";

const assert = require("node:assert/strict");
const { Apideck } = require("@apideck/unify");
const errors = require("@apideck/unify/models/errors");

const { BASE_URL, APIDECK_APP_ID, APIDECK_API_KEY, PROVIDER_CLIENT, PROVIDER_SECRET } = process.env;

// An SDK made without these would take them.
for (const name of ["APIDECK_APP_ID", "APIDECK_API_KEY"]) delete process.env[name];

const settings = { serverURL: BASE_URL, apiKey: APIDECK_API_KEY, appId: APIDECK_APP_ID };

// The SDK for a consumer of the application.
const of = (consumerId, more = {}) => new Apideck({ ...settings, consumerId, ...more });

const pipedrive = { unifiedApi: "crm", serviceId: "pipedrive" };
const keyed = { unifiedApi: "crm", serviceId: "activecampaign" };
const books = { unifiedApi: "accounting", serviceId: "acme-books" };
const client = { client_id: PROVIDER_CLIENT, client_secret: PROVIDER_SECRET };

const problems = {
  400: errors.BadRequestResponse,
  401: errors.UnauthorizedResponse,
  404: errors.NotFoundResponse,
  422: errors.UnprocessableResponse,
};

// Checks that a call is refused with a status by the class that the SDK has for it, and as a
// type of Apideck's, and returns the error.
async function refused(status, typeName, call) {
  const caught = await call.then(
    (got) => assert.fail(`not refused: ${JSON.stringify(got)}`),
    (e) => e,
  );
  assert.ok(caught instanceof problems[status], `want a ${problems[status].name}, got ${caught.stack}`);
  assert.equal(caught.statusCode, status);
  assert.equal(caught.typeName, typeName);
  assert.equal(caught.ref, `https://developers.apideck.com/errors#${typeName.toLowerCase()}`);
  assert.ok(caught.message);
  const { response } = caught.httpMeta;
  assert.equal(response.status, status);
  assert.ok(response.headers.get("Request-Id"));
  return caught;
}

// All items of a list that pages by cursor, and how many pages they came in.
async function pages(call, of) {
  const sizes = [];
  const items = [];
  for await (const page of await call) {
    const { data, meta } = page[of] ?? page.result[of];
    assert.equal(meta.itemsOnPage, data.length);
    sizes.push(data.length);
    items.push(...data);
  }
  return { sizes, items };
}

module.exports = { APIDECK_APP_ID, APIDECK_API_KEY, assert, books, client, keyed, of, pages, pipedrive, refused, settings };
