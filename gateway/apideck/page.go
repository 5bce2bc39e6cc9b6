package apideck

import (
	"google.golang.org/protobuf/proto"

	"github.com/holdplane/holdplane/gateway"
)

// pageOf is a page of a list. Cursors are empty where there is no such page.
type pageOf interface {
	proto.Message
	GetCurrentCursor() string
	GetNextCursor() string
	GetPreviousCursor() string
}

type meta struct {
	ItemsOnPage int    `json:"items_on_page"`
	Cursors     around `json:"cursors"`
	// TotalCount is left out where nobody counts.
	TotalCount *int64 `json:"total_count,omitempty"`
}

// around are three pages, by their cursors or addresses.
type around struct {
	Previous *string `json:"previous"`
	Current  *string `json:"current"`
	Next     *string `json:"next"`
}

func metaOf(p pageOf) meta {
	r := p.ProtoReflect()
	m := meta{
		ItemsOnPage: r.Get(r.Descriptor().Fields().Get(0)).List().Len(),
		Cursors:     around{Previous: some(p.GetPreviousCursor()), Current: some(p.GetCurrentCursor()), Next: some(p.GetNextCursor())},
	}
	if counted, ok := p.(interface{ GetTotal() int64 }); ok {
		m.TotalCount = new(counted.GetTotal())
	}
	return m
}

// linksOf are the addresses of pages, with the filters that were asked for.
func linksOf(c *gateway.Call, p pageOf) around {
	at := func(cursor string) *string {
		asked := c.Request.URL.Query() // what is malformed was refused
		asked.Del("cursor")
		if cursor != "" {
			asked.Set("cursor", cursor)
		}
		link := c.PublicURL + c.Request.URL.EscapedPath()
		if query := asked.Encode(); query != "" {
			link += "?" + query
		}
		return &link
	}
	links := around{Current: at(p.GetCurrentCursor())}
	if p.GetPreviousCursor() != "" {
		links.Previous = at(p.GetPreviousCursor())
	}
	if p.GetNextCursor() != "" {
		links.Next = at(p.GetNextCursor())
	}
	return links
}

// some is nil for no text.
func some(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
