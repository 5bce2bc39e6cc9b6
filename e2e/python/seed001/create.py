from unkey_py import Unkey

with Unkey(
    bearer_auth="UNKEY_ROOT_KEY",
) as s:
    res = s.identities.create(request={
        "external_id": "user_123",
        "ratelimits": [
            {
                "name": "tokens",
                "limit": 10,
                "duration": 1000,
            },
            {
                "name": "tokens",
                "limit": 10,
                "duration": 1000,
            },
        ],
    })

    if res.object is not None:
        # handle response
        pass
