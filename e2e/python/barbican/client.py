"""What the tests of python-barbicanclient share: clients of a project's users, and how they
are refused."""

import contextlib
import logging
import os
import unittest

from barbicanclient import client, exceptions
from keystoneauth1 import session
from keystoneauth1.identity import v3

BASE, URL, PROJECT = os.environ["BASE_URL"], os.environ["OS_AUTH_URL"], os.environ["OS_PROJECT_NAME"]
CREATOR, FOREIGN = os.environ["CREATOR_ID"], os.environ["FOREIGN_ID"]

# The client logs what it raises, too, which would stand between the tests' lines.
logging.disable(logging.CRITICAL)


def password(role, project=PROJECT):
    """The login of the one who has a role."""
    return v3.Password(
        URL, username=os.environ[role + "_NAME"], password=os.environ[role + "_PASSWORD"],
        user_domain_name="Default", project_name=project, project_domain_name="Default",
    )


def log_in(auth):
    return session.Session(auth=auth, app_name="e2e")


def barbican(auth, **more):
    """A client at BASE_URL: by itself it goes by the catalog, past whoever looks on."""
    return client.Client(session=log_in(auth), endpoint=BASE, **more)


creator = barbican(password("CREATOR"))
admin = barbican(password("ADMIN"))
observer = barbican(password("OBSERVER"))
foreign = barbican(password("FOREIGN", os.environ["FOREIGN_PROJECT"]))


def store(name, payload="a secret", by=creator, **more):
    """The reference of a new secret."""
    return by.secrets.create(name=name, payload=payload, **more).store()


class Case(unittest.TestCase):
    @contextlib.contextmanager
    def refused(self, status, words):
        with self.assertRaises(exceptions.HTTPClientError) as caught:
            yield
        self.assertEqual(caught.exception.status_code, status, caught.exception)
        self.assertIn(words, str(caught.exception))
