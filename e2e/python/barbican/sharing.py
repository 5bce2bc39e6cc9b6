"""Access control lists of secrets and containers, and what they open."""

from client import FOREIGN, Case, admin, creator, foreign, observer, store


def container(name):
    return creator.containers.create(name, {"one": creator.secrets.get(store(name))}).store()


class Sharing(Case):
    def test_of_a_secret(self):
        ref = store("shared")
        self.assertTrue(creator.acls.get(ref).read.project_access)
        acl = creator.acls.create(ref, users=[FOREIGN], project_access=False)
        self.assertEqual(acl.submit(), ref + "/acl")
        got = creator.acls.get(ref).read
        self.assertEqual((got.users, got.project_access, got.created), ([FOREIGN], False, got.updated))
        self.assertEqual(foreign.secrets.get(ref).payload, "a secret")
        self.assertEqual(admin.secrets.get(ref).payload, "a secret")
        with self.refused(403, "Forbidden: Secret retrieval attempt not allowed"):
            observer.secrets.get(ref).name
        acl.remove()
        self.assertEqual(creator.acls.get(ref).read.users, [])
        self.assertEqual(observer.secrets.get(ref).payload, "a secret")
        with self.refused(403, "Forbidden: Secret retrieval attempt not allowed"):
            foreign.secrets.get(ref).name

    def test_by_the_secret(self):
        ref = store("by the secret")
        creator.acls.create(ref, users=[FOREIGN]).submit()
        got = creator.secrets.get(ref).acls
        self.assertEqual((got.read.users, got.read.project_access), ([FOREIGN], True))
        got.add_operation_acl(users=[FOREIGN, "nobody"], project_access=True, operation_type="read")
        got.submit()
        got.load_acls_data()
        self.assertEqual(sorted(got.read.users), sorted([FOREIGN, "nobody"]))
        got.read.remove()  # the last one, and with it all
        self.assertEqual(creator.acls.get(ref).read.users, [])

    def test_of_a_container(self):
        ref = container("shared")
        with self.refused(403, "Forbidden: Container retrieval attempt not allowed"):
            foreign.containers.get(ref)
        creator.acls.create(ref, users=[FOREIGN]).submit()
        got = foreign.containers.get(ref)
        self.assertEqual(got.name, "shared")
        # It does not open what is in it.
        with self.refused(403, "Forbidden: Secret retrieval attempt not allowed"):
            got.secrets["one"].name
        self.assertEqual(foreign.containers.register_consumer(ref, "theirs", "https://example.com").consumers[0]["name"], "theirs")
        foreign.containers.remove_consumer(ref, "theirs", "https://example.com")
        creator.acls.get(ref).remove()

    def test_refusals(self):
        ref = store("guarded")
        with self.refused(403, "Forbidden: SecretACL(s) Update attempt not allowed"):
            observer.acls.create(ref, users=[FOREIGN]).submit()
        with self.refused(400, "Bad Request: Provided object does not match schema 'ACL'"):
            creator.acls.create(ref, users=[FOREIGN], operation_type="write").submit()
        creator.secrets.delete(ref)
        with self.refused(404, "Not Found: "):
            creator.acls.get(ref)
