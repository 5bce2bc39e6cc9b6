"""Secrets: in one step and in two, as text and as bytes."""

import base64
import datetime

from client import BASE, Case, admin, barbican, creator, log_in, password, store

HREF = r"^https?://[^/]+/v1/secrets/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"


class Storing(Case):
    def test_text(self):
        made = creator.secrets.create(
            name="text", payload="ein Geheimnis für Zoë", secret_type="passphrase", algorithm="aes",
            bit_length=256, mode="cbc", expiration="2049-01-02T03:04:05+01:00",
        )
        self.assertRegex(made.store(), HREF)
        got = creator.secrets.get(made.secret_ref)
        said = got.name, got.secret_type, got.algorithm, got.bit_length, got.mode, got.status
        self.assertEqual(said, ("text", "passphrase", "aes", 256, "cbc", "ACTIVE"))
        self.assertEqual(got.content_types, {"default": "text/plain"})
        utc = datetime.timezone.utc
        self.assertEqual(got.expiration, datetime.datetime(2049, 1, 2, 2, 4, 5, tzinfo=utc))
        self.assertEqual(got.created, got.updated)
        self.assertLess(abs(datetime.datetime.now(utc) - got.created), datetime.timedelta(minutes=5))
        self.assertEqual(got.payload, "ein Geheimnis für Zoë")

    def test_address(self):
        at = log_in(password("CREATOR")).get_endpoint(service_type="key-manager", interface="public")
        self.assertNotEqual(at.rstrip("/"), BASE)
        self.assertTrue(store("address").startswith(at.rstrip("/") + "/v1/secrets/"))

    def test_bytes(self):
        payload = bytes(range(256))
        got = creator.secrets.get(store("bytes", payload, secret_type="symmetric"))
        self.assertEqual(got.payload, payload)
        self.assertEqual(got.content_types, {"default": "application/octet-stream"})
        self.assertEqual((got.algorithm, got.bit_length, got.mode, got.expiration), (None,) * 4)

    def test_content_type_by_hand(self):
        key = b"-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n"
        ref = store(
            "by hand", base64.b64encode(key), secret_type="private",
            payload_content_type="application/pkcs8", payload_content_encoding="base64",
        )
        got = creator.secrets.get(ref)
        self.assertEqual((got.payload_content_type, got.payload), ("application/pkcs8", key))

    def test_text_and_bytes(self):
        # Text may be had as bytes, and bytes as text when they are some.
        ref = store("spelled out", payload_content_type="text/plain;charset=utf-8")
        self.assertEqual(creator.secrets.get(ref, "application/octet-stream").payload, b"a secret")
        ref = store("text inside", "für Zoë".encode())
        self.assertEqual(creator.secrets.get(ref, "text/plain").payload, "für Zoë")

    def test_two_steps(self):
        for payload in ("later", b"\xf0\x00later"):
            made = creator.secrets.create(name="two steps")
            ref = made.store()
            self.assertIsNone(made.payload)
            self.assertIsNone(creator.secrets.get(ref).content_types)
            creator.secrets.update(ref, payload)
            self.assertEqual(creator.secrets.get(ref).payload, payload)
            with self.refused(409, "Conflict: Secret already has data, cannot modify it."):
                creator.secrets.update(ref, payload)

    def test_update_by_itself(self):
        made = creator.secrets.create(name="by itself")
        made.store()
        made.payload = "later"
        made.update()
        self.assertEqual(creator.secrets.get(made.secret_ref).payload, "later")

    def test_delete(self):
        ref = store("deleted")
        creator.secrets.delete(ref)
        with self.refused(404, "Not Found: "):
            creator.secrets.get(ref).payload
        made = creator.secrets.create(name="deleted by itself", payload="x")
        ref = made.store()
        made.delete()
        self.assertIsNone(made.secret_ref)
        with self.refused(404, "Not Found: "):
            admin.secrets.delete(ref)

    def test_by_id(self):
        ref = store("by id")
        again = barbican(password("CREATOR"))
        self.assertEqual(again.secrets.get(ref.rpartition("/")[2]).payload, "a secret")
