import pfruck_contabo
from pfruck_contabo.models.find_user_response import FindUserResponse
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
    x_trace_id = 'x_trace_id_example'
    try:
        api_response = api_instance.retrieve_user(x_request_id, user_id, x_trace_id=x_trace_id)
        print("The response of UsersApi->retrieve_user:\n")
        pprint(api_response)
    except Exception as e:
        print("Exception when calling UsersApi->retrieve_user: %s\n" % e)
