package connect

import (
	"net/http"
	"slices"
	"strings"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
)

// maxSearch is the most that is searched for, in bytes.
const maxSearch = 200

// listPage is the body of the page with all connections.
type listPage struct {
	Search, API string
	APIs        []string // to choose from
	Groups      []group
	Action      string
	Carried     map[string]string // parameters that the search form repeats
	Done        string            // what has just happened; empty for nothing
	event
}

// group is the connections of a unified API.
type group struct {
	API   string
	Items []item
}

// item is a connection in the list.
type item struct{ Name, Line, State, Href string }

func (s *site) list(v *visit) error {
	if err := v.only(http.MethodGet); err != nil {
		return err
	}
	all, err := s.connections.ListConnections(v.r.Context(), &connectionvaultv1.ListConnectionsRequest{Api: v.look.api})
	if err != nil {
		return err
	}
	var shown []*connectionvaultv1.Connection
	for _, c := range all.GetConnections() {
		if v.open.shows(c.GetUnifiedApi()) && present(c) {
			shown = append(shown, c)
		}
	}
	if v.open.settings.IsolationMode && len(shown) == 1 {
		return v.send(v.at(placeOf(shown[0]).segments()))
	}
	p := listPage{Search: v.query.Get("q"), API: v.query.Get("api"), Action: v.at(nil), Carried: map[string]string{}}
	p.Done, p.event = v.happened(nil)
	if len(p.Search) > maxSearch {
		p.Search = ""
	}
	for name, values := range v.look.values() {
		p.Carried[name] = values[0]
	}
	for _, c := range shown {
		if !slices.Contains(p.APIs, c.GetUnifiedApi()) {
			p.APIs = append(p.APIs, c.GetUnifiedApi())
		}
		if p.matches(c) {
			p.add(c.GetUnifiedApi(), item{
				Name: c.GetName(), Line: c.GetTagLine(), State: v.words().state(c), Href: v.at(placeOf(c).segments()),
			})
		}
	}
	return v.show(http.StatusOK, "list", v.words().List, p)
}

// present reports whether a connection can be used: the operator has set its service up, or
// the consumer has added it before.
func present(c *connectionvaultv1.Connection) bool {
	return c.GetIntegrationState() == "configured" || c.CreatedAt != nil
}

func (p *listPage) matches(c *connectionvaultv1.Connection) bool {
	if p.API != "" && c.GetUnifiedApi() != p.API {
		return false
	}
	wanted := strings.ToLower(strings.TrimSpace(p.Search))
	return wanted == "" || strings.Contains(strings.ToLower(c.GetName()+"\n"+c.GetServiceId()+"\n"+c.GetTagLine()), wanted)
}

func (p *listPage) add(api string, i item) {
	at := slices.IndexFunc(p.Groups, func(g group) bool { return g.API == api })
	if at < 0 {
		at, p.Groups = len(p.Groups), append(p.Groups, group{API: api})
	}
	p.Groups[at].Items = append(p.Groups[at].Items, i)
}
