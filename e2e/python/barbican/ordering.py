"""Orders for keys, waited for."""

import time

from client import Case, admin, creator, observer


def wait(ref):
    """The order when it is no longer pending."""
    until = time.monotonic() + 60
    while (order := creator.orders.get(ref)).status == "PENDING" and time.monotonic() < until:
        time.sleep(0.05)
    return order


class Ordering(Case):
    def test_key(self):
        made = creator.orders.create_key(
            "key", "aes", 256, "cbc", "application/octet-stream", "2049-01-02T03:04:05",
        )
        ref = made.submit()
        self.assertRegex(ref, "/v1/orders/[0-9a-f-]{36}$")
        got = wait(ref)
        self.assertEqual((got.status, got.error_reason), ("ACTIVE", None))
        said = got.name, got.algorithm, got.bit_length, got.mode, got.payload_content_type, got.expiration.year
        self.assertEqual(said, ("key", "aes", 256, "cbc", "application/octet-stream", 2049))
        secret = creator.secrets.get(got.secret_ref)
        self.assertEqual((secret.name, secret.secret_type, secret.algorithm), ("key", "symmetric", "aes"))
        self.assertEqual((secret.expiration, len(secret.payload)), (got.expiration, 32))

    def test_asymmetric(self):
        got = wait(creator.orders.create_asymmetric("pair", "rsa", 2048).submit())
        self.assertEqual((got.status, got.error_reason), ("ACTIVE", None))
        container = creator.containers.get(got.container_ref)
        self.assertEqual((container.name, container.private_key_passphrase), ("pair", None))
        for key, kind in (container.public_key, "public"), (container.private_key, "private"):
            self.assertEqual((key.secret_type, key.bit_length, key.algorithm), (kind, 2048, "rsa"))
            self.assertIn(f"-----BEGIN {kind.upper()} KEY-----", key.payload.decode())

    def test_what_cannot_be_made(self):
        got = wait(creator.orders.create_key("odd", "aes", 136).submit())
        self.assertEqual((got.status, got.error_status_code, got.secret_ref), ("ERROR", "400", None))
        self.assertTrue(got.error_reason)

    def test_list_and_delete(self):
        refs = [creator.orders.create_key(f"listed {i}", "hmacsha256", 256).submit() for i in range(3)]
        for ref in refs:
            wait(ref)
        total = creator.orders.total()
        listed = creator.orders.list(limit=100)
        self.assertEqual(len(listed), total)
        self.assertLessEqual(set(refs), {o.order_ref for o in listed})
        self.assertEqual([o.order_ref for o in creator.orders.list(limit=1, offset=1)], [listed[1].order_ref])
        with self.refused(403, "Forbidden: Order deletion attempt not allowed"):
            creator.orders.delete(refs[0])
        made = wait(refs[0]).secret_ref
        admin.orders.delete(refs[0])
        with self.refused(404, "Not Found: Order not found."):
            creator.orders.get(refs[0])
        self.assertEqual(creator.secrets.get(made).name, "listed 0")

    def test_refusals(self):
        with self.refused(400, "Bad Request: Provided field value is not supported"):
            creator.orders.create_key("odd", "aes", 255).submit()
        with self.refused(400, "Bad Request: Provided object does not match schema 'Order': 'algorithm' is required"):
            creator.orders.create_key("odd", bit_length=256).submit()
        with self.refused(403, "Forbidden: Order creation attempt not allowed"):
            observer.orders.create_key("observed", "aes", 256).submit()
