package secretcontainer

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// orderView is an order as it is shown.
func orderView(m *storev1.KeyOrder) *secretcontainerv1.Order {
	return &secretcontainerv1.Order{
		Created: timestamp(m.GetCreatedUs()), Updated: timestamp(m.GetUpdatedUs()),
		Status: m.GetStatus(), Type: m.GetType(), Meta: orderMeta(m), CreatorId: m.GetCreator(), OrderId: m.GetId(),
		SecretId: m.GetSecret(), ContainerId: m.GetContainer(), ErrorStatusCode: m.GetErrorStatus(), ErrorReason: m.GetErrorReason(),
	}
}

func orderMeta(m *storev1.KeyOrder) *secretcontainerv1.OrderMeta {
	meta := &secretcontainerv1.OrderMeta{
		Name: m.Name, Algorithm: m.GetAlgorithm(), BitLength: m.GetBitLength(), Mode: m.Mode, PayloadContentType: m.PayloadContentType,
	}
	if us := m.GetExpiresUs(); us != 0 {
		meta.Expiration = timestamp(us)
	}
	return meta
}

// maxMetaFilter bounds a text to find, in bytes: it is compared with every order.
const maxMetaFilter = 1024

// findOrders adds the page of the orders whose meta has a text, and reads all orders for it.
func (t *tables) findOrders(tx kv.Reader, of tenant.ID, r *secretcontainerv1.ListOrdersRequest, limit int, answer *secretcontainerv1.ListOrdersResponse) error {
	if len(r.GetMeta()) > maxMetaFilter {
		return fault.Invalid(fault.Violation{
			Field: "meta", Rule: "string.max_bytes", Limit: strconv.Itoa(maxMetaFilter), Message: "give at most 1024 bytes of text to find",
		})
	}
	pattern := []rune(strings.ToLower("%" + r.GetMeta() + "%"))
	for m, err := range t.orders.All(tx, scope(of), table.Page{}) {
		if err != nil {
			return err
		}
		if !isLike([]rune(strings.ToLower(metaText(m))), pattern) {
			continue
		}
		if at := answer.Total - r.GetOffset(); at >= 0 && at < int64(limit) {
			answer.Orders = append(answer.Orders, orderView(m))
		}
		answer.Total++
	}
	return nil
}

// metaText is an order's meta as the text that is searched: what Barbican keeps of it is
// JSON with a space behind commas and colons.
func metaText(m *storev1.KeyOrder) string {
	var all []string
	add := func(name string, value *string) {
		if value != nil {
			all = append(all, fmt.Sprintf("%q: %q", name, *value))
		}
	}
	add("name", m.Name)
	add("algorithm", &m.Algorithm)
	all = append(all, fmt.Sprintf(`"bit_length": %d`, m.GetBitLength()))
	add("mode", m.Mode)
	if us := m.GetExpiresUs(); us != 0 {
		ends := time.UnixMicro(us).UTC().Format("2006-01-02T15:04:05.999999")
		add("expiration", &ends)
	}
	add("payload_content_type", m.PayloadContentType)
	return "{" + strings.Join(all, ", ") + "}"
}
