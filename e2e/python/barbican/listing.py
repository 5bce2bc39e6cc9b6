"""Lists of secrets: pages, filters and orders."""

import datetime

from client import Case, creator, foreign, store


def names(**by):
    return [s.name for s in creator.secrets.list(**by)]


class Listing(Case):
    @classmethod
    def setUpClass(cls):
        for i, (name, kind) in enumerate({"ant": "opaque", "bee": "symmetric", "cat": "symmetric"}.items()):
            store(
                "listed " + name, secret_type=kind, algorithm="list-" + "xyz"[i], bit_length=i + 41,
                mode="mode-" + name, expiration=f"2077-01-0{i + 1}T00:00:00",
            )

    def test_filters(self):
        for want, by in {
            "ant bee cat": {"name": "listed%"},
            "bee": {"name": "listed bee"},
            "cat": {"algorithm": "list-z"},
            "ant": {"mode": "mode-ant"},
            "bee ": {"bits": 42},
            "bee cat": {"name": "listed%", "secret_type": "symmetric"},
            "bee cat ": {"expiration": "gte:2077-01-02T00:00:00"},
            " bee": {"expiration": "gt:2077-01-01T00:00:00,lt:2077-01-03T00:00:00"},
            "": {"name": "listed", "bits": 42},
        }.items():
            with self.subTest(by):
                got = [name.removeprefix("listed ") for name in names(**by)]
                self.assertEqual(got, want.split())

    def test_dates(self):
        ahead = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=1)
        for date in ("created", "updated"):
            for side, want in {"lt:": 3, "gt:": 0}.items():
                by = {"name": "listed%", date: side + ahead.strftime("%Y-%m-%dT%H:%M:%S")}
                self.assertEqual(len(names(**by)), want, by)

    def test_orders(self):
        for want, by in {
            "cat bee ant": "name:desc",
            "ant bee cat": "expiration",
            "bee cat ant": "secret_type:desc,name:asc",
            "ant cat bee": "secret_type,created:desc",
        }.items():
            with self.subTest(by):
                got = [n.removeprefix("listed ") for n in names(name="listed%", sort=by)]
                self.assertEqual(got, want.split())
        with self.refused(400, "Bad Request: URI provided invalid query string parameters."):
            names(sort="payload")

    def test_pages(self):
        self.assertEqual(names(name="listed%", limit=2), ["listed ant", "listed bee"])
        self.assertEqual(names(name="listed%", limit=2, offset=2), ["listed cat"])
        self.assertEqual(names(name="listed%", offset=3), [])
        self.assertGreaterEqual(creator.secrets.total(), 3)

    def test_what_is_listed_is_whole(self):
        (got,) = creator.secrets.list(name="listed bee")
        self.assertEqual((got.bit_length, got.status, got.payload), (42, "ACTIVE", "a secret"))

    def test_others_lists(self):
        self.assertEqual(foreign.secrets.list(name="listed%"), [])
