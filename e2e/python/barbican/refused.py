"""Requests that are refused, by all that the client raises."""

import uuid

from client import Case, creator, foreign, observer, store


class Refused(Case):
    def test_malformed(self):
        for words, fields in {
            "'odd' is not one of": {"secret_type": "odd"},
            "-1 is less than the minimum of 1. Invalid property: 'bit_length'": {"bit_length": -1},
            "'expiration' is before current time": {"expiration": "2001-01-01T00:00:00"},
            "is too long. Invalid property: 'name'": {"name": "x" * 256},
            "payload_content_type is not one of": {"payload_content_type": "image/png"},
            "payload_content_encoding is not one of None": {
                "payload_content_type": "text/plain", "payload_content_encoding": "base64",
            },
            "Invalid payload for payload_content_encoding": {
                "payload": "abcde", "payload_content_type": "application/octet-stream", "payload_content_encoding": "base64",
            },
        }.items():
            with self.subTest(words), self.refused(400, words):
                creator.secrets.create(**{"payload": "%"} | fields).store()

    def test_too_large(self):
        with self.refused(413, "Request Entity Too Large: Provided information too large to process"):
            store("large", "x" * 20_001)
        ref = store("large", "x" * 20_000)
        self.assertEqual(len(creator.secrets.get(ref).payload), 20_000)
        ref = creator.secrets.create("large").store()
        with self.refused(413, "Request Entity Too Large: "):
            creator.secrets.update(ref, "x" * 20_001)

    def test_roles(self):
        with self.refused(403, "Forbidden: Secret creation attempt not allowed"):
            store("observed", by=observer)
        ref = store("guarded")
        self.assertEqual(observer.secrets.get(ref).payload, "a secret")
        with self.refused(403, "Forbidden: Secret deletion attempt not allowed"):
            observer.secrets.get(ref).delete()
        with self.refused(403, "Forbidden: Secret deletion attempt not allowed"):
            foreign.secrets.get(ref).delete()
        with self.refused(403, "Forbidden: Secret payload retrieval attempt not allowed"):
            foreign.secrets.get(ref, "text/plain").payload

    def test_absent(self):
        for get in (creator.secrets.get, creator.containers.get, creator.orders.get):
            with self.refused(404, "Not Found: "):
                get(str(uuid.uuid4())).name

    def test_content_type(self):
        ref = store("no text", b"\xff")
        with self.refused(406, "Not Acceptable: "):
            creator.secrets.get(ref, "text/plain").payload
