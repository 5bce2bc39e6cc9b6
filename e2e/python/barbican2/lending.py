"""Who consumes a secret, which keeps it from being deleted."""

from barbicanclient import exceptions
from client import Case, admin, creator, foreign, store

IMAGE = {"service": "glance", "resource_type": "images", "resource_id": "8a1b"}
VOLUME = {"service": "cinder", "resource_type": "volumes", "resource_id": "8a1b"}


def listed(ref, **page):
    return [c.service for c in creator.secrets.list_consumers(ref, **page)]


class Lending(Case):
    def test_life(self):
        ref = store("lent")
        self.assertEqual(listed(ref), [])
        creator.secrets.register_consumer(ref, **IMAGE)
        got = creator.secrets.register_consumer(ref, **IMAGE)
        self.assertEqual((got.name, got.secret_ref, len(got.consumers)), ("lent", ref, 1))
        self.assertEqual({k: got.consumers[0][k] for k in IMAGE}, IMAGE)
        admin.secrets.register_consumer(ref, **VOLUME)
        self.assertEqual(listed(ref), ["glance", "cinder"])
        self.assertEqual(listed(ref, limit=1, offset=1), ["cinder"])
        (whole,) = creator.secrets.list(name="lent")
        self.assertEqual([c["service"] for c in whole.consumers], ["glance", "cinder"])
        creator.secrets.remove_consumer(ref, **IMAGE)
        with self.refused(404, "Not Found: Consumer not found."):
            creator.secrets.remove_consumer(ref, **IMAGE)
        self.assertEqual(listed(ref), ["cinder"])

    def test_delete(self):
        ref = store("kept")
        creator.secrets.register_consumer(ref, **IMAGE)
        with self.assertRaises(exceptions.SecretHasConsumers):
            creator.secrets.delete(ref)
        creator.secrets.delete(ref, force=True)
        with self.refused(404, "Not Found: "):
            listed(ref)
        ref = store("let go")
        creator.secrets.register_consumer(ref, **IMAGE)
        creator.secrets.remove_consumer(ref, **IMAGE)
        creator.secrets.delete(ref)

    def test_refusals(self):
        ref = store("guarded")
        with self.refused(400, "Bad Request: Provided object does not match schema 'Secret Consumer'"):
            creator.secrets.register_consumer(ref, **IMAGE | {"service": ""})
        with self.refused(403, "Forbidden: "):
            foreign.secrets.register_consumer(ref, **IMAGE)
