"""reset_password and resend_email_verification of pfruck-contabo 2.0.0. That the mails come
is for the caller to see."""

import os
import unittest

from client import OWNER, ask, new_user, owner, refusal
from pfruck_contabo.exceptions import ApiException, BadRequestException


class Mails(unittest.TestCase):
    def test_reset(self):
        ask(owner.reset_password, OWNER, status=204)
        ask(owner.reset_password, OWNER, redirect_url=os.environ["REDIRECT_URL"] + "/in", status=204)

    def test_verification(self):
        user = new_user(email="verified@example.com", locale="de")
        ask(owner.resend_email_verification, user, status=204)
        ask(owner.resend_email_verification, user, redirect_url=os.environ["REDIRECT_URL"], status=204)
        refusal(ApiException, 409, owner.resend_email_verification, OWNER)

    def test_foreign_redirects(self):
        for call in (owner.reset_password, owner.resend_email_verification):
            for url in (
                "https://test.contabo.de.example.com", "http://test.contabo.de",
                "https://test.contabo.de@example.com", "javascript:alert(1)",
            ):
                refusal(BadRequestException, 400, call, new_user(), redirect_url=url)
