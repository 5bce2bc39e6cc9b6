import pfruck_contabo
from pfruck_contabo.models.find_credential_response import FindCredentialResponse
from pfruck_contabo.rest import ApiException
from pprint import pprint

configuration = pfruck_contabo.Configuration(
    host = "https://api.contabo.com"
)

configuration = pfruck_contabo.Configuration(
    access_token = os.environ["BEARER_TOKEN"]
)

with pfruck_contabo.ApiClient(configuration) as api_client:
    api_instance = pfruck_contabo.UsersApi(api_client)
    x_request_id = '04e0f898-37b4-48bc-a794-1a57abe6aa31'
    user_id = '6cdf5968-f9fe-4192-97c2-f349e813c5e8'
    object_storage_id = 'd8417276-d2d9-43a9-a0a8-9a6fa6060246'
    credential_id = 12345
    x_trace_id = 'x_trace_id_example'
    try:
        api_response = api_instance.get_object_storage_credentials(x_request_id, user_id, object_storage_id, credential_id, x_trace_id=x_trace_id)
        print("The response of UsersApi->get_object_storage_credentials:\n")
        pprint(api_response)
    except Exception as e:
        print("Exception when calling UsersApi->get_object_storage_credentials: %s\n" % e)
