"""Every error that unkey.py 3.2.2 maps to a class of its own, by status and content type:
application/json for all but 429 and those of delete_identity, which it expects as
application/problem+json. Others are an APIError. It retries 5XX and lost connections for
10 s.

No test of any step repeats a failing request, so the caller can tell a retry from a test.
"""

import unittest

from client import anonymous, nobody, other, reader, root
from unkey.py import errors

DOCS = "https://unkey.com/docs/errors/"
TOKENS = {"name": "tokens", "limit": 10, "duration": 1000}


class Errors(unittest.TestCase):
    def refused(self, error, status, title, call, sdk=root):
        with self.assertRaises(error) as caught:
            call(sdk.identities)
        self.assertEqual(caught.exception.status_code, status)
        got = caught.exception.data
        self.assertRegex(got.meta.request_id, "^req_")
        self.assertEqual((got.error.status, got.error.title), (status, title))
        self.assertTrue(got.error.detail and got.error.type.startswith(DOCS))
        return got.error

    def table(self, error, status, title, cases, **kwargs):
        for name, call in cases.items():
            with self.subTest(name):
                self.refused(error, status, title, call, **kwargs)

    def test_bad_request(self):
        def create(**fields):
            return lambda s: s.create_identity(**{"external_id": "refused", **fields})

        self.table(errors.BadRequestErrorResponse, 400, "Bad Request", {
            "external id with an @": create(external_id="me@example.com"),
            "rate limit of 0": create(ratelimits=[{**TOKENS, "limit": 0}]),
            "window below a second": create(ratelimits=[{**TOKENS, "duration": 999}]),
            "get of nobody": lambda s: s.get_identity(identity=""),
            "list of 101": lambda s: s.list_identities(limit=101),
            "delete of nobody": lambda s: s.delete_identity(identity=""),
        })
        self.refused(
            errors.BadRequestErrorResponse, 400, "Bad Request",
            lambda s: s.list_identities(), sdk=anonymous,
        )

    def test_unauthorized(self):
        self.table(errors.UnauthorizedErrorResponse, 401, "Unauthorized", {
            "create": lambda s: s.create_identity(external_id="nobody"),
            "list": lambda s: s.list_identities(),
            "delete": lambda s: s.delete_identity(identity="nobody"),
        }, sdk=nobody)

    def test_forbidden(self):
        self.table(errors.ForbiddenErrorResponse, 403, "Insufficient Permissions", {
            "create": lambda s: s.create_identity(external_id="by-reader"),
            "update": lambda s: s.update_identity(identity="by-reader", meta={}),
            "delete": lambda s: s.delete_identity(identity="by-reader"),
        }, sdk=reader)

    def test_not_found(self):
        cases = {
            "get": lambda s: s.get_identity(identity="id_unknown"),
            "update": lambda s: s.update_identity(identity="id_unknown", meta={}),
            "delete": lambda s: s.delete_identity(identity="id_unknown"),
        }
        self.table(errors.NotFoundErrorResponse, 404, "Not Found", cases)
        self.table(errors.NotFoundErrorResponse, 404, "Not Found", cases, sdk=other)

    def test_conflict(self):
        root.identities.create_identity(external_id="taken")
        error = self.refused(
            errors.ConflictErrorResponse, 409, "Conflicting Resource",
            lambda s: s.create_identity(external_id="taken"),
        )
        self.assertEqual(error.type, DOCS + "unkey/data/identity_already_exists")
