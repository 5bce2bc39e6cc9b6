package barbican

import (
	"net/http"

	"github.com/holdplane/holdplane/gateway"
)

// build is Barbican's own version that is told: the one of the recordings.
const build = "15.0.1"

// homeType is the type of documents that Barbican redirects to.
const homeType = "application/json-home"

// version describes version 1 of the API. Its form depends on the microversion.
type version struct {
	ID         string      `json:"id"`
	Status     string      `json:"status"`
	MinVersion string      `json:"min_version,omitempty"`
	MaxVersion string      `json:"max_version,omitempty"`
	Links      []link      `json:"links"`
	MediaTypes []mediaType `json:"media-types,omitempty"`
}

type link struct {
	Rel  string `json:"rel"`
	Type string `json:"type,omitempty"`
	Href string `json:"href"`
}

type mediaType struct {
	Base string `json:"base"`
	Type string `json:"type"`
}

func versionAt(publicURL string, v microversion) version {
	doc := version{ID: "v1", Status: "CURRENT", MinVersion: minMicroversion.String(), MaxVersion: maxMicroversion.String(), Links: []link{
		{Rel: "self", Href: publicURL + "/v1/"},
		{Rel: "describedby", Type: "text/html", Href: "https://docs.openstack.org/"},
	}}
	if v < withConsumers {
		doc.Status, doc.MinVersion, doc.MaxVersion = "stable", "", ""
		doc.MediaTypes = []mediaType{{Base: jsonType, Type: "application/vnd.openstack.key-manager-v1+json"}}
	}
	return doc
}

// appendVersions writes the document at /, or what else can be asked for there.
func appendVersions(dst []byte, c *gateway.Call) []byte {
	v := versionOf(c.Request)
	doc := versionAt(c.PublicURL, v)
	_, asksBuild := query(c.Request)["build"]
	switch {
	case !accepts(c.Request, jsonType):
		to := c.PublicURL + "/v1/"
		c.Status = http.StatusFound
		c.Header["Location"], c.Header["Content-Type"] = []string{to}, []string{"text/plain; charset=UTF-8"}
		return append(dst, "302 Found\n\nThe resource was found at "+to+"; you should be redirected automatically.  "...)
	case asksBuild:
		c.Status = http.StatusOK
		return gateway.AppendJSON(dst, map[string]string{"build": build})
	case v < withConsumers:
		return gateway.AppendJSON(dst, map[string]map[string][]version{"versions": {"values": {doc}}})
	}
	return gateway.AppendJSON(dst, map[string][]version{"versions": {doc}})
}
