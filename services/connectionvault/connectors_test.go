package connectionvault_test

import (
	"testing"

	"google.golang.org/grpc/codes"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
)

func TestListConnectorsInPages(t *testing.T) {
	w, ctx := newShop(t)
	var ids []string
	cursor, previous := "", ""
	for {
		r, err := w.connectors.ListConnectors(ctx, &connectionvaultv1.ListConnectorsRequest{ApplicationId: shop, Cursor: cursor})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range r.GetConnectors() {
			ids = append(ids, c.GetId())
		}
		if cursor, previous = r.GetNextCursor(), r.GetPreviousCursor(); cursor == "" {
			if int(r.GetTotal()) != len(ids) || len(ids) < 50 {
				t.Errorf("total %d of %d", r.GetTotal(), len(ids))
			}
			break
		}
	}
	r, err := w.connectors.ListConnectors(ctx, &connectionvaultv1.ListConnectorsRequest{ApplicationId: shop, Cursor: previous})
	if err != nil || len(r.GetConnectors()) != 20 || r.GetConnectors()[0].GetId() != ids[40] {
		t.Errorf("before the last page: %v, %v", r, err)
	}
	r, err = w.connectors.ListConnectors(ctx, &connectionvaultv1.ListConnectorsRequest{ApplicationId: shop, UnifiedApi: "sms", Limit: new(int32(200))})
	if err != nil || len(r.GetConnectors()) == 0 || len(r.GetConnectors()) > 10 {
		t.Errorf("of sms: %v, %v", r, err)
	}
}

func TestConnectorsAndAPIs(t *testing.T) {
	w, ctx := newShop(t)
	c, err := w.connectors.GetConnector(ctx, &connectionvaultv1.GetConnectorRequest{ApplicationId: shop, Id: "salesforce"})
	if m := c.GetConnector(); err != nil || m.GetOauthGrantType() != "authorization_code" || m.GetOauthScopes()[0].GetId() != "offline_access" ||
		len(m.GetUnifiedApis()) != 2 || m.GetUnifiedApis()[1].GetName() != "CRM" || len(m.GetSettings()) != 2 {
		t.Errorf("got %v, %v", m, err)
	}
	_, err = w.connectors.GetConnector(ctx, &connectionvaultv1.GetConnectorRequest{ApplicationId: shop, Id: "nothing"})
	expect(t, err, codes.NotFound)
	a, err := w.connectors.GetApi(ctx, &connectionvaultv1.GetApiRequest{ApplicationId: shop, Id: "crm"})
	if err != nil || a.GetApi().GetName() != "CRM" || len(a.GetApi().GetConnectors()) < 3 {
		t.Errorf("got %v, %v", a, err)
	}
	_, err = w.connectors.GetApi(ctx, &connectionvaultv1.GetApiRequest{ApplicationId: shop, Id: "nothing"})
	expect(t, err, codes.NotFound)
	all, err := w.connectors.ListApis(ctx, &connectionvaultv1.ListApisRequest{ApplicationId: shop, Limit: new(int32(5))})
	if err != nil || len(all.GetApis()) != 5 || all.GetNextCursor() == "" || all.GetPreviousCursor() != "" {
		t.Errorf("got %v, %v", all, err)
	}
	_, err = w.connectors.ListApis(ctx, &connectionvaultv1.ListApisRequest{ApplicationId: "other"})
	expect(t, err, codes.Unauthenticated)
}
