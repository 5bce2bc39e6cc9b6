from unkey_py import Unkey

with Unkey(
    bearer_auth="UNKEY_ROOT_KEY",
) as s:
    res = s.identities.list(limit=100)

    if res.object is not None:
        while True:
            # handle items

            res = res.next()
            if res is None:
                break
