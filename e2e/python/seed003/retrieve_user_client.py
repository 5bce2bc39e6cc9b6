import pfruck_contabo
from pfruck_contabo.models.find_client_response import FindClientResponse
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
    x_trace_id = 'x_trace_id_example'
    try:
        api_response = api_instance.retrieve_user_client(x_request_id, x_trace_id=x_trace_id)
        print("The response of UsersApi->retrieve_user_client:\n")
        pprint(api_response)
    except Exception as e:
        print("Exception when calling UsersApi->retrieve_user_client: %s\n" % e)
