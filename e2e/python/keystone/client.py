"""What the tests of keystoneauth1 5.18.1 share: plugins, and sessions that have logged in."""

import os

from keystoneauth1 import session
from keystoneauth1.identity import v3

URL = os.environ["OS_AUTH_URL"]
NAME, PASSWORD = os.environ["OS_USERNAME"], os.environ["OS_PASSWORD"]
PROJECT = {"project_name": os.environ["OS_PROJECT_NAME"], "project_domain_id": "default"}
OWNER, HELPER = os.environ["OWNER_ID"], os.environ["HELPER_ID"]


def password(name=NAME, secret=PASSWORD, **scope):
    return v3.Password(URL, username=name, password=secret, user_domain_name="Default", **scope)


def token(of, **scope):
    return v3.Token(URL, of, **scope)


def credential(**fields):
    return v3.ApplicationCredential(URL, **fields)


def access(plugin):
    """What a plugin that logs in learns."""
    return plugin.get_access(session.Session())


def log_in(plugin):
    return session.Session(auth=plugin, app_name="e2e")


owner = log_in(password(**PROJECT))  # may do everything
helper = log_in(password(os.environ["HELPER_NAME"], os.environ["HELPER_PASSWORD"]))


def call(method, path, by=owner, subject=None, **more):
    """What Keystone answers a session. A session whose token is refused logs in again, so
    none here is."""
    headers = {} if subject is None else {"X-Subject-Token": subject}
    return by.request(URL + path, method, headers=headers, **more)


def bare(method, path, token, subject):
    """The status that a token gets, whatever it is."""
    headers = {"X-Auth-Token": token, "X-Subject-Token": subject}
    got = session.Session().request(
        URL + path, method, headers=headers, authenticated=False, raise_exc=False
    )
    return got.status_code
