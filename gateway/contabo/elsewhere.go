package contabo

// owns are the resources that are served, and those of Contabo's OpenAPI document (cntb
// 1.5.5) that are not. /v1/secrets is not among them: Barbican's secrets are there.
var owns = []string{
	"/v1/users", "/v1/roles", "/v1/object-storages",
	"/v1/compute", "/v1/create-ticket", "/v1/data-centers", "/v1/private-networks", "/v1/tags", "/v1/vips",
}

const registered = "this is not available here: the operator registers, changes and removes object storages"

var elsewhere = map[string]string{
	"/v1/compute":          "compute is not available here: instances, images and snapshots are a part of Contabo's own platform",
	"/v1/create-ticket":    "create-ticket is not available here: ask the operator",
	"/v1/data-centers":     "data-centers is not available here: GET /v1/object-storages tells where each storage stands",
	"/v1/private-networks": "private-networks is not available here: it is a part of Contabo's own platform",
	"/v1/tags":             "tags is not available here: nothing that is served has tags",
	"/v1/vips":             "vips is not available here: it is a part of Contabo's own platform",

	"POST /v1/object-storages":       registered,
	"PATCH /v1/object-storages":      registered,
	"GET /v1/object-storages/audits": "the audits of object storages are not available here: the operator's audit log has them",
	"/v1/object-storages/*/stats":    "the stats of object storages are not available here: the storage itself knows them",
}
