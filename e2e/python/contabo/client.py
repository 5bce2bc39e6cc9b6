"""What the tests of pfruck-contabo 2.0.0 share: users who have logged in, as its users do,
at the token endpoint with their password."""

import json
import os
import uuid

import pfruck_contabo
import urllib3

BASE = os.environ["BASE_URL"]
TOKEN = BASE + "/auth/realms/contabo/protocol/openid-connect/token"
OWNER, HELPER, STORAGE = (os.environ[n] for n in ("OWNER_ID", "HELPER_ID", "STORAGE_ID"))
FOREIGN = os.environ["FOREIGN_ID"]  # a user of another tenant
CLIENT = {
    "client_id": os.environ["CONTABO_CLIENT_ID"],
    "client_secret": os.environ["CONTABO_CLIENT_SECRET"],
}

http = urllib3.PoolManager(retries=False)


def grant(kind, headers=None, **fields):
    """Status and JSON of the token endpoint's answer."""
    form = {"grant_type": kind, **fields}
    answer = http.request("POST", TOKEN, fields=form, encode_multipart=False, headers=headers)
    return answer.status, json.loads(answer.data)


def login(username, password):
    status, answer = grant("password", username=username, password=password, **CLIENT)
    assert status == 200, (status, answer)
    return answer


def users(token):
    configuration = pfruck_contabo.Configuration(host=BASE, access_token=token)
    return pfruck_contabo.UsersApi(pfruck_contabo.ApiClient(configuration))


def request_id():
    return str(uuid.uuid4())


session = login(os.environ["CONTABO_USERNAME"], os.environ["CONTABO_PASSWORD"])
owner = users(session["access_token"])  # may do everything
helper = users(login(os.environ["HELPER_EMAIL"], os.environ["HELPER_PASSWORD"])["access_token"])
nobody = users(session["access_token"][:-4] + "AAAA")  # its signature is wrong
anonymous = users(None)  # sends no Authorization header


def ask(call, *arguments, status=200, **more):
    """What an operation returns, which must come with a status and the request's id."""
    mine = request_id()
    answer = getattr(call.__self__, call.__name__ + "_with_http_info")(mine, *arguments, **more)
    assert answer.status_code == status, answer
    assert answer.headers["X-Request-Id"] == mine, answer.headers
    if status == 204:
        assert answer.data is None and not answer.raw_data, answer
    return answer.data


def new_user(**fields):
    """A new user's id. An address is made where there is none."""
    fields = {"enabled": True, "totp": False, "locale": "en", **fields}
    fields.setdefault("email", f"{uuid.uuid4().hex}@example.com")
    body = pfruck_contabo.CreateUserRequest(**fields)
    return ask(owner.create_user, body, status=201).data[0].user_id


def get(user):
    return ask(owner.retrieve_user, user).data[0]


def refusal(error, status, call, *arguments, **more):
    """The message of an error in Contabo's envelope."""
    try:
        answer = call(more.pop("x_request_id", request_id()), *arguments, **more)
    except error as caught:
        assert type(caught) is error and caught.status == status, caught
        envelope = json.loads(caught.body)
        assert set(envelope) == {"statusCode", "message"}, envelope
        assert envelope["statusCode"] == status and type(envelope["message"]) is str, envelope
        assert envelope["message"], envelope
        return envelope["message"]
    raise AssertionError(f"want {status}, got {answer}")
