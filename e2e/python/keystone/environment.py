"""The variables by which OpenStack's clients are told where and who, read as they read them."""

import argparse
import os
import unittest

from keystoneauth1 import loading


class Environment(unittest.TestCase):
    def test_variables(self):
        parser = argparse.ArgumentParser()
        loading.register_auth_argparse_arguments(parser, [], default="v3password")
        loading.register_session_argparse_arguments(parser)
        options = parser.parse_args([])
        auth = loading.load_auth_from_argparse_arguments(options)
        got = auth.get_access(loading.load_session_from_argparse_arguments(options))
        want = os.environ["OS_USERNAME"], os.environ["OS_PROJECT_NAME"]
        self.assertEqual((got.username, got.project_name), want)
