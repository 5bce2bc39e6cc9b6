package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
)

// purse is a writer's key with credits, and an override, as far as the writer knows.
type purse struct {
	secret, id string
	credits    int    // that acknowledged spends leave
	unsure     int    // of them may be spent, too
	override   int    // the limit that was set last; 0 before
	next       int    // the limit that may be set already
	deleted    bool   // nobody knows yet
	gone       string // the key before, which was deleted
}

// keyAnswer is what v2 answers of keys.
type keyAnswer struct {
	APIID, KeyID, Key, Code string
	Credits                 int
}

// ask posts to v2. It is not known when the server died over it.
func (c *crash) ask(s *server, path, body string, data any) (known bool) {
	status, answer, err := c.call(http.MethodPost, s.baseURL+"/v2/"+path, body)
	if err == nil && status == http.StatusOK {
		err = json.Unmarshal(answer, &struct{ Data any }{data})
		if err != nil {
			c.t.Errorf("%s answers %s: %v", path, answer, err)
		}
		return err == nil
	}
	if (err == nil && status < http.StatusInternalServerError) || !c.ending.Load() {
		c.t.Errorf("%s %s answers %d %s (%v)", path, body, status, answer, err)
	}
	return false
}

// space is the namespace of the writers' overrides.
const space = "crash"

// prepare makes what all writers share, once.
func (c *crash) prepare(s *server) {
	if c.api != "" {
		return
	}
	var made keyAnswer
	if c.ask(s, "ratelimit.limit", `{"namespace":"crash","identifier":"any","limit":1,"duration":1000}`, &struct{}{}) && c.ask(s, "apis.createApi", `{"name":"crash"}`, &made) {
		c.api = made.APIID
	}
}

// useKey makes a key, spends of its credits, sets an override, or deletes the key; false
// when the server is gone, or about to go.
func (c *crash) useKey(s *server, w *writer) bool {
	p, data := &w.purse, keyAnswer{}
	if p.secret == "" {
		const credits = 1_000_000
		if !c.ask(s, "keys.createKey", fmt.Sprintf(`{"apiId":%q,"credits":{"remaining":%d}}`, c.api, credits), &data) {
			return false
		}
		p.secret, p.id, p.credits = data.Key, data.KeyID, credits
		return true
	}
	switch w.random.IntN(12) {
	case 0:
		p.deleted = true
		if !c.ask(s, "keys.deleteKey", fmt.Sprintf(`{"keyId":%q}`, p.id), &data) {
			return false
		}
		p.bury()
		return true
	case 1, 2:
		p.next = p.override + 1
		if !c.ask(s, "ratelimit.setOverride", fmt.Sprintf(`{"namespace":%q,"identifier":"user/%d","limit":%d,"duration":1000}`, space, w.number, p.next), &data) {
			return false
		}
		p.override = p.next
		return true
	}
	cost := 1 + w.random.IntN(3)
	p.unsure = cost
	if !c.ask(s, "keys.verifyKey", fmt.Sprintf(`{"key":%q,"credits":{"cost":%d}}`, p.secret, cost), &data) {
		return false
	}
	p.credits, p.unsure = p.credits-cost, 0
	if data.Code != "VALID" || data.Credits != p.credits {
		c.t.Errorf("a spend of %d answers %+v, want %d left", cost, data, p.credits)
	}
	return true
}

// bury keeps a key that was deleted, to see that it stays so.
func (p *purse) bury() {
	*p = purse{gone: p.secret, override: p.override, next: p.next}
}

// verifyKeys compares keys and overrides with what the writers know, and finds out what
// they don't.
func (c *crash) verifyKeys(s *server) {
	if c.api == "" {
		return
	}
	var overrides []struct {
		Identifier string
		Limit      int
	}
	c.must(s, "ratelimit.listOverrides", `{"namespace":"crash","limit":100}`, &overrides)
	limits := map[string]int{}
	for _, o := range overrides {
		limits[o.Identifier] = o.Limit
	}
	for _, w := range c.writers {
		p := &w.purse
		if got := limits[fmt.Sprintf("user/%d", w.number)]; got != p.override && got != p.next {
			c.t.Errorf("writer %d: an override is %d, want %d or %d", w.number, got, p.override, p.next)
		} else {
			p.override = got
		}
		if err := p.settle(func(secret string) (a keyAnswer) {
			c.must(s, "keys.verifyKey", fmt.Sprintf(`{"key":%q,"credits":{"cost":0}}`, secret), &a)
			return a
		}); err != nil {
			c.t.Errorf("writer %d: %v", w.number, err)
		}
	}
}

// settle verifies the purse's keys, and takes over what is there if that can be.
func (p *purse) settle(verify func(secret string) keyAnswer) error {
	if p.gone != "" {
		if a := verify(p.gone); a.Code != "NOT_FOUND" {
			return fmt.Errorf("a deleted key is there again: %+v", a)
		}
	}
	if p.secret == "" {
		return nil
	}
	a := verify(p.secret)
	switch {
	case a.Code == "NOT_FOUND" && p.deleted:
		p.bury()
	case a.Code != "VALID":
		return fmt.Errorf("an acknowledged key is %+v", a)
	case a.Credits != p.credits && a.Credits != p.credits-p.unsure:
		return fmt.Errorf("%d credits are left, want %d, or %d less", a.Credits, p.credits, p.unsure)
	default:
		p.credits, p.unsure, p.deleted = a.Credits, 0, false
	}
	return nil
}

func (c *crash) must(s *server, path, body string, data any) {
	c.t.Helper()
	if !c.ask(s, path, body, data) {
		c.t.Fatalf("%s is not answered", path)
	}
}

// TestLostSpendIsNoticed makes sure that the campaign would see what must not be.
func TestLostSpendIsNoticed(t *testing.T) {
	valid := func(credits int) keyAnswer { return keyAnswer{Code: "VALID", Credits: credits} }
	lost := keyAnswer{Code: "NOT_FOUND"}
	for name, c := range map[string]struct {
		purse  purse
		answer keyAnswer
		wrong  bool
	}{
		"as it was":              {purse{secret: "s", credits: 5}, valid(5), false},
		"spent, unknown":         {purse{secret: "s", credits: 5, unsure: 2}, valid(3), false},
		"not spent, unknown":     {purse{secret: "s", credits: 5, unsure: 2}, valid(5), false},
		"deleted, unknown":       {purse{secret: "s", deleted: true}, lost, false},
		"a spend is lost":        {purse{secret: "s", credits: 5}, valid(6), true},
		"a spend counts twice":   {purse{secret: "s", credits: 5, unsure: 2}, valid(1), true},
		"the key is lost":        {purse{secret: "s", credits: 5}, lost, true},
		"a deleted key is there": {purse{gone: "s"}, valid(5), true},
	} {
		if err := c.purse.settle(func(string) keyAnswer { return c.answer }); (err != nil) != c.wrong {
			t.Errorf("%s: %v", name, err)
		}
	}
}
