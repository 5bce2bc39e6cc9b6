from unkey_py import Unkey

with Unkey(
    bearer_auth="UNKEY_ROOT_KEY",
) as s:
    res = s.identities.get(identity_id="id_1234", external_id="id_1234")

    if res.object is not None:
        # handle response
        pass
