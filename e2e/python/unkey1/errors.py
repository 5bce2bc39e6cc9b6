"""Every error that unkey.py 0.10.0 maps to a class of its own.

The SDK goes by status and then insists on one code: 400 BAD_REQUEST, 401 UNAUTHORIZED,
403 FORBIDDEN, 404 NOT_FOUND, 409 CONFLICT, 412 PRECONDITION_FAILED, 429
TOO_MANY_REQUESTS, 500 INTERNAL_SERVER_ERROR. Any other code under these statuses makes
it throw a pydantic ValidationError. The rest of 4XX and 5XX, and all that is not
application/json, is SDKError. It retries 5XX and lost connections for 30 s.

No test of any step repeats a failing request, so the caller can tell a retry from a test.
"""

import unittest

from client import anonymous, nobody, other, reader, root
from unkey_py import models

DOCS = "https://unkey.dev/docs/api-reference/errors/code/"
TOKENS = {"name": "tokens", "limit": 10, "duration": 1000}


class Errors(unittest.TestCase):
    def refused(self, error, code, call, sdk=root):
        with self.assertRaises(error) as caught:
            call(sdk.identities)
        got = caught.exception.data.error
        self.assertEqual((got.code.value, got.docs), (code, DOCS + code))
        self.assertTrue(got.message)
        self.assertTrue(got.request_id)

    def table(self, error, code, cases, **kwargs):
        for name, call in cases.items():
            with self.subTest(name):
                self.refused(error, code, call, **kwargs)

    def test_bad_request(self):
        def create(**fields):
            return lambda s: s.create(request={"external_id": "refused", **fields})

        self.table(models.ErrBadRequest, "BAD_REQUEST", {
            "external id of two characters": create(external_id="ab"),
            "rate limit of 0": create(ratelimits=[{**TOKENS, "limit": 0}]),
            "rate limit window below a second": create(ratelimits=[{**TOKENS, "duration": 999}]),
            "meta above 64,000 characters": create(meta={"long": "x" * 64_000}),
            "get without an id": lambda s: s.get(),
            "get with an empty id": lambda s: s.get(identity_id=""),
            "update without an id": lambda s: s.update(request={"meta": {}}),
            "delete with an empty id": lambda s: s.delete(request={"identity_id": ""}),
            "list of 0": lambda s: s.list(limit=0),
            "list of 101": lambda s: s.list(limit=101),
            "list from a cursor of nobody's": lambda s: s.list(cursor="not a cursor"),
        })

    def test_unauthorized(self):
        self.refused(models.ErrUnauthorized, "UNAUTHORIZED", lambda s: s.list(), sdk=anonymous)
        self.table(models.ErrUnauthorized, "UNAUTHORIZED", {
            "create": lambda s: s.create(request={"external_id": "nobody"}),
            "get": lambda s: s.get(external_id="nobody"),
            "list": lambda s: s.list(),
            "update": lambda s: s.update(request={"external_id": "nobody", "meta": {}}),
            "delete": lambda s: s.delete(request={"identity_id": "id_nobody"}),
        }, sdk=nobody)

    def test_forbidden(self):
        self.table(models.ErrForbidden, "FORBIDDEN", {
            "create": lambda s: s.create(request={"external_id": "by-reader"}),
            "update": lambda s: s.update(request={"external_id": "by-reader", "meta": {}}),
            "delete": lambda s: s.delete(request={"identity_id": "id_by_reader"}),
        }, sdk=reader)

    def test_not_found(self):
        self.table(models.ErrNotFound, "NOT_FOUND", {
            "get by id": lambda s: s.get(identity_id="id_unknown"),
            "get by external id": lambda s: s.get(external_id="unknown"),
            "update by id": lambda s: s.update(request={"identity_id": "id_unknown", "meta": {}}),
            "update by external id": lambda s: s.update(request={"external_id": "unknown"}),
            "delete": lambda s: s.delete(request={"identity_id": "id_unknown"}),
        })

    def test_not_found_in_another_tenant(self):
        mine = root.identities.create(request={"external_id": "mine-alone"}).object.identity_id
        self.table(models.ErrNotFound, "NOT_FOUND", {
            "get by id": lambda s: s.get(identity_id=mine),
            "get by external id": lambda s: s.get(external_id="mine-alone"),
            "update": lambda s: s.update(request={"identity_id": mine, "meta": {}}),
            "delete": lambda s: s.delete(request={"identity_id": mine}),
        }, sdk=other)

    def test_conflict(self):
        root.identities.create(request={"external_id": "taken", "ratelimits": [TOKENS]})
        differing = [TOKENS, {**TOKENS, "limit": 11}]
        self.table(models.ErrConflict, "CONFLICT", {
            "external id in use": lambda s: s.create(request={"external_id": "taken"}),
            "two limits of one name in create": lambda s: s.create(
                request={"external_id": "not-made", "ratelimits": differing}
            ),
            "two limits of one name in update": lambda s: s.update(
                request={"external_id": "taken", "ratelimits": differing}
            ),
        })
        kept = root.identities.get(external_id="taken").object.ratelimits
        self.assertEqual([r.model_dump() for r in kept], [TOKENS])
        self.refused(models.ErrNotFound, "NOT_FOUND", lambda s: s.get(external_id="not-made"))

    def test_delete_twice(self):
        mine = root.identities.create(request={"external_id": "deleted"}).object.identity_id
        root.identities.delete(request={"identity_id": mine})
        self.refused(
            models.ErrNotFound, "NOT_FOUND", lambda s: s.delete(request={"identity_id": mine})
        )
