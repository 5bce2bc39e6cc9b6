"""Ways to log in: by password and by application credential, to the catalog's address."""

from barbicanclient import client, exceptions
from client import BASE, CREATOR, URL, Case, barbican, log_in, password, store
from keystoneauth1 import session, token_endpoint
from keystoneauth1.identity import v3


class Logins(Case):
    def test_by_the_catalog(self):
        for region in (None, "RegionOne"):
            by = client.Client(session=log_in(password("CREATOR")), region_name=region, interface="internal")
            ref = store("by the catalog", by=by)
            self.assertEqual(by.secrets.get(ref).payload, "a secret")

    def test_application_credential(self):
        path = f"{URL}/users/{CREATOR}/application_credentials"
        keystone = log_in(password("CREATOR"))
        made = keystone.post(path, json={"application_credential": {"name": "barbican"}}).json()["application_credential"]
        by = barbican(v3.ApplicationCredential(
            URL, application_credential_id=made["id"], application_credential_secret=made["secret"],
        ))
        ref = store("by credential", by=by)
        self.assertEqual(by.secrets.get(ref).payload, "a secret")
        keystone.delete(f"{path}/{made['id']}")
        with self.assertRaises(exceptions.HTTPAuthError):
            bare(by.client.session.get_token()).secrets.get(ref).name

    def test_no_token(self):
        with self.assertRaises(exceptions.HTTPAuthError) as caught:
            bare("unknown").containers.list()
        self.assertIn("The request you have made requires authentication.", str(caught.exception))


def bare(token):
    """The client of who has a token and nothing else, so that it can't log in again."""
    return client.Client(session=session.Session(auth=token_endpoint.Token(BASE, token)), endpoint=BASE)
