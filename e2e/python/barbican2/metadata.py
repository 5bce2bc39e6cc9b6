"""What is kept with a secret. The client adds a key by a method that no server knows."""

from client import Case, creator, foreign, store


class Metadata(Case):
    def test_life(self):
        ref = store("described")
        self.assertEqual(creator.secrets.get_secret_metadata(ref), {"metadata": {}})
        made = creator.secrets.set_secret_metadata(ref, {"Colour": "red", "shape": "round"})
        self.assertEqual(made, {"metadata_ref": ref + "/metadata"})
        got = creator.secrets.get_secret_metadata(ref)
        self.assertEqual(got, {"metadata": {"colour": "red", "shape": "round"}})
        got = creator.secrets.get_secret_metadata(ref, "shape")
        self.assertEqual(got, {"key": "shape", "value": "round"})
        creator.secrets.delete_secret_metadata(ref, "shape")
        with self.refused(404, "Not Found: Secret metadata not found."):
            creator.secrets.get_secret_metadata(ref, "shape")
        self.assertEqual(creator.secrets.get_secret_metadata(ref), {"metadata": {"colour": "red"}})

    def test_refusals(self):
        ref = store("described")
        with self.refused(405, "Method Not Allowed"):
            creator.secrets.add_secret_metadata(ref, "size", "small")
        for fields in ({"size": 1}, {"a b": "x"}):
            with self.refused(400, "Bad Request: "):
                creator.secrets.set_secret_metadata(ref, fields)
        with self.refused(403, "Forbidden: "):
            foreign.secrets.get_secret_metadata(ref)
