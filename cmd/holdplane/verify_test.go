package main

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
)

func (c *crash) call(method, url, body string) (status int, answer []byte, err error) {
	r, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	r.Header.Set("Authorization", "Bearer "+crashKey)
	r.Header.Set("X-Auth-Token", crashKey)
	r.Header.Set("Content-Type", "application/json")
	return do(c.client, r)
}

// verify compares what the server holds with what the writers know.
func (c *crash) verify(s *server) {
	listed, total := c.list(s)
	want := 0
	for _, w := range c.writers {
		if w.pending != nil {
			c.unknown++
			if err := w.resolve(listed); err != nil {
				c.t.Error(err)
			}
		}
		for _, r := range w.there {
			want++
			if got, want := listed[r.ExternalID], r.listed(); !same(got, want) {
				c.t.Errorf("%s is listed as %+v, want %+v", r.ExternalID, got, want)
			}
			if got := c.get(s, r.ExternalID); !same(got, r) {
				c.t.Errorf("%s reads %+v, want %+v", r.ExternalID, got, r)
			}
		}
	}
	if len(listed) != want || total != want {
		c.t.Errorf("%d identities are listed with a total of %d, want %d", len(listed), total, want)
	}
	c.verifyKeys(s)
	c.verifySafes(s)
	c.verifyVault(s)
}

func (c *crash) list(s *server) (listed map[string]record, total int) {
	listed = map[string]record{}
	for cursor := ""; ; {
		var page struct {
			Identities []record
			Cursor     string
			Total      int
		}
		c.read(s, "/v1/identities.listIdentities?limit=50&cursor="+url.QueryEscape(cursor), &page)
		for _, r := range page.Identities {
			listed[r.ExternalID] = r
		}
		if cursor = page.Cursor; cursor == "" {
			return listed, page.Total
		}
	}
}

func (c *crash) get(s *server, externalID string) (r record) {
	c.read(s, getPath(externalID), &r)
	return r
}

// tryGet is not ok when there is no good answer.
func (c *crash) tryGet(s *server, externalID string) (r record, ok bool) {
	status, body, err := c.call(http.MethodGet, s.baseURL+getPath(externalID), "")
	if err != nil || status != http.StatusOK {
		return r, false
	}
	if err := json.Unmarshal(body, &r); err != nil {
		c.t.Error(err)
	}
	return r, true
}

func getPath(externalID string) string {
	return "/v1/identities.getIdentity?externalId=" + url.QueryEscape(externalID)
}

func (c *crash) read(s *server, path string, into any) {
	path = strings.TrimSuffix(path, "&cursor=") // an empty one is not valid
	status, body, err := c.call(http.MethodGet, s.baseURL+path, "")
	if err == nil && status == http.StatusOK {
		err = json.Unmarshal(body, into)
	}
	if err != nil || status != http.StatusOK {
		c.t.Fatalf("%s answers %d: %s (%v)", path, status, body, err)
	}
}
