import pfruck_contabo
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
    redirect_url = 'https://test.contabo.de'
    try:
        api_instance.reset_password(x_request_id, user_id, x_trace_id=x_trace_id, redirect_url=redirect_url)
    except Exception as e:
        print("Exception when calling UsersApi->reset_password: %s\n" % e)
