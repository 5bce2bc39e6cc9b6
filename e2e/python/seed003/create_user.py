import pfruck_contabo
from pfruck_contabo.models.create_user_request import CreateUserRequest
from pfruck_contabo.models.create_user_response import CreateUserResponse
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
    create_user_request = pfruck_contabo.CreateUserRequest()
    x_trace_id = 'x_trace_id_example'
    try:
        api_response = api_instance.create_user(x_request_id, create_user_request, x_trace_id=x_trace_id)
        print("The response of UsersApi->create_user:\n")
        pprint(api_response)
    except Exception as e:
        print("Exception when calling UsersApi->create_user: %s\n" % e)
