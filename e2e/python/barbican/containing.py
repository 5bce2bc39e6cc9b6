"""Containers of all types, and who consumes them."""

from client import Case, admin, creator, store


def secret(name):
    return creator.secrets.create(name=name, payload=name)


class Containing(Case):
    def test_generic(self):
        made = creator.containers.create(name="generic", secrets={"old": creator.secrets.get(store("old"))})
        made.add("new", secret("new"))  # is stored with the container
        ref = made.store()
        got = creator.containers.get(ref)
        self.assertEqual((got.container_ref, got.name, got.status), (ref, "generic", "ACTIVE"))
        self.assertEqual(got.secret_refs, made.secret_refs)
        self.assertEqual(got.secrets["new"].payload, "new")
        self.assertEqual((got.consumers, got.created), ([], got.updated))

    def test_rsa(self):
        ref = creator.containers.create_rsa("rsa", *map(secret, ("pub", "priv", "pass"))).store()
        got = creator.containers.get(ref)
        keys = got.public_key, got.private_key, got.private_key_passphrase
        self.assertEqual([k.payload for k in keys], ["pub", "priv", "pass"])

    def test_certificate(self):
        made = creator.containers.create_certificate("certificate", secret("cert"), private_key=secret("priv"))
        got = creator.containers.get(made.store())
        self.assertEqual((got.certificate.payload, got.private_key.payload), ("cert", "priv"))
        self.assertIsNone(got.intermediates)

    def test_list(self):
        creator.containers.create("listed 1", {"one": secret("one")}).store()
        creator.containers.create("listed 2").store()
        creator.containers.create_rsa("listed 3", secret("pub"), secret("priv")).store()
        for want, by in {
            "1 2 3": {},
            "1 2": {"type": "generic"},
            "3": {"type": "rsa"},
            "2": {"limit": 1, "offset": 1},
            "": {"offset": 3},
        }.items():
            got = creator.containers.list(**{"name": "listed%"} | by)
            self.assertEqual([c.name.removeprefix("listed ") for c in got], want.split(), by)
        self.assertGreaterEqual(creator.containers.total(), 3)

    def test_delete(self):
        made = creator.containers.create("deleted", {"stays": secret("stays")})
        ref, inside = made.store(), made.secrets["stays"].secret_ref
        creator.containers.delete(ref)
        with self.refused(404, "Not Found: Secrets container not found."):
            creator.containers.get(ref)
        self.assertEqual(creator.secrets.get(inside).payload, "stays")
        made = creator.containers.create("deleted by itself")
        made.store()
        made.delete()
        self.assertIsNone(made.container_ref)

    def test_a_deleted_secret_leaves(self):
        made = creator.containers.create("left", {"goes": secret("goes"), "stays": secret("stays")})
        ref = made.store()
        creator.secrets.delete(made.secrets["goes"].secret_ref)
        self.assertEqual(list(creator.containers.get(ref).secret_refs), ["stays"])

    def test_consumers(self):
        ref = creator.containers.create("consumed", {"one": secret("one")}).store()
        first = {"name": "lbaas", "URL": "https://lb.example.com/1"}
        second = {"name": "lbaas", "URL": "https://lb.example.com/2"}
        self.assertEqual(creator.containers.register_consumer(ref, *first.values()).consumers, [first])
        changed = creator.containers.get(ref).updated
        self.assertEqual(creator.containers.register_consumer(ref, *first.values()).consumers, [first])
        self.assertEqual(creator.containers.get(ref).updated, changed)
        got = admin.containers.register_consumer(ref, *second.values())
        self.assertEqual((got.consumers, list(got.secret_refs)), ([first, second], ["one"]))
        creator.containers.remove_consumer(ref, *first.values())
        self.assertEqual(creator.containers.get(ref).consumers, [second])
        with self.refused(404, "Not Found: Consumer not found."):
            creator.containers.remove_consumer(ref, *first.values())
        with self.refused(400, "Bad Request: Provided object does not match schema 'Consumer'"):
            creator.containers.register_consumer(ref, "x" * 37, "https://lb.example.com")

    def test_refusals(self):
        made = creator.containers.create_rsa("half", secret("pub"))
        with self.refused(400, "Bad Request: Provided object does not match schema 'Container'"):
            made.store()
        gone = secret("gone")
        creator.secrets.delete(gone.store())
        gone._secret_ref = creator.containers.create().store().replace("containers", "secrets")
        with self.refused(404, "Not Found: "):
            creator.containers.create("dangling", {"gone": gone}).store()
