"""What the client learns of the server's microversions, and asks for."""

from barbicanclient import exceptions
from client import Case, barbican, creator, password, store

IMAGE = {"service": "glance", "resource_type": "images", "resource_id": "8a1b"}


class Microversions(Case):
    def test_the_newest(self):
        self.assertEqual(creator.client.microversion, "1.2")

    def test_oldest(self):
        oldest = barbican(password("CREATOR"), microversion="1.0")
        ref = store("oldest", by=oldest)
        with self.assertRaises(NotImplementedError):
            oldest.secrets.register_consumer(ref, **IMAGE)
        creator.secrets.register_consumer(ref, **IMAGE)
        self.assertEqual(oldest.secrets.get(ref).consumers, [])
        oldest.secrets.delete(ref)

    def test_middle(self):
        middle = barbican(password("CREATOR"), microversion="1.1")
        ref = store("middle", by=middle)
        middle.secrets.register_consumer(ref, **IMAGE)
        with self.assertRaises(exceptions.SecretHasConsumers):
            middle.secrets.delete(ref)  # it has looked by itself
        middle.secrets.delete(ref, force=True)
