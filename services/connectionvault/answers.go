package connectionvault

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/url"
	"strconv"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"github.com/holdplane/holdplane/pkg/egress"
	"github.com/holdplane/holdplane/services/connectionvault/catalog"
)

// errNoToken says that an answer is none of OAuth. It has nothing of it.
var errNoToken = errors.New("the answer has no access token")

// answerText is a value of a token answer as a text; a dot descends into an object. It is empty
// when there is none.
func answerText(token *oauth2.Token, path string) string {
	first, rest, deeper := strings.Cut(path, ".")
	v := token.Extra(first)
	for deeper {
		object, ok := v.(map[string]any)
		if !ok {
			return ""
		}
		first, rest, deeper = strings.Cut(rest, ".")
		v = object[first]
	}
	switch v := v.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case json.Number:
		return v.String()
	case int64:
		return strconv.FormatInt(v, 10)
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

// askByJSON is askByForm for providers whose token endpoint takes JSON. golang.org/x/oauth2
// speaks forms alone.
func (s *Service) askByJSON(ctx context.Context, q *inquiry) (*oauth2.Token, error) {
	body := map[string]string{}
	for name := range q.parameters {
		body[name] = q.parameters.Get(name)
	}
	header := map[string]string{"Content-Type": "application/json", "Accept": "application/json"}
	if q.auth == catalog.InHeader {
		header["Authorization"] = basic(q.id, q.secret)
	} else {
		body["client_id"], body["client_secret"] = q.id, q.secret
	}
	sent, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	answer, err := s.outside.of(q.service).Send(ctx, egress.Request{Method: "POST", URL: q.url, Header: header, Body: sent})
	if err != nil {
		return nil, err
	}
	return readJSON(answer, q)
}

// tokenAnswer is what a token endpoint answers.
type tokenAnswer struct {
	AccessToken  string `json:"access_token"`
	TokenType    string `json:"token_type"`
	RefreshToken string `json:"refresh_token"`
	Error        string `json:"error"`
	Description  string `json:"error_description"`
}

func readJSON(answer egress.Response, q *inquiry) (*oauth2.Token, error) {
	var a tokenAnswer
	raw := map[string]any{}
	err := json.Unmarshal(answer.Body, &a)
	if refuses := answer.Status < 200 || answer.Status > 299 || a.Error != ""; refuses {
		return nil, answered(answer.Status, a.Error, a.Description, q)
	}
	if err == nil {
		err = json.Unmarshal(answer.Body, &raw)
	}
	if err != nil || a.AccessToken == "" {
		return nil, errNoToken
	}
	if a.RefreshToken == "" {
		a.RefreshToken = q.parameters.Get("refresh_token")
	}
	token := (&oauth2.Token{AccessToken: a.AccessToken, TokenType: a.TokenType, RefreshToken: a.RefreshToken}).WithExtra(raw)
	if seconds, err := strconv.ParseInt(answerText(token, "expires_in"), 10, 32); err == nil && seconds > 0 {
		token.Expiry = time.Now().Add(time.Duration(seconds) * time.Second)
	}
	return token, nil
}

// basic is the header of a client's credentials by RFC 6749, section 2.3.1.
func basic(id, secret string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(url.QueryEscape(id)+":"+url.QueryEscape(secret)))
}
