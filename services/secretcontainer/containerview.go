package secretcontainer

import (
	"iter"

	secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
)

// manyConsumers is how many consumers of a container are always told with it. Where there are
// more, an answer holds fewer: what a call costs must not grow with them.
const manyConsumers = 1000

// containerView tells of a container, with up to few of its consumers if it has many.
func (t *tables) containerView(tx kv.Reader, m *storev1.SecretContainer, few int) (*secretcontainerv1.Container, error) {
	shown := &secretcontainerv1.Container{
		Created: timestamp(m.GetCreatedUs()), Updated: timestamp(m.GetUpdatedUs()), Status: statusActive,
		Name: m.Name, Type: m.GetType(), CreatorId: m.GetCreator(), ContainerId: m.GetId(),
	}
	secrets, err := t.containedIn(tx, m)
	if err != nil {
		return nil, err
	}
	for _, row := range secrets {
		shown.SecretRefs = append(shown.SecretRefs, &secretcontainerv1.ContainerSecret{Name: row.Name, SecretId: row.GetSecret()})
	}
	if m.GetConsumers() <= manyConsumers {
		few = manyConsumers
	}
	if few == 0 || m.GetConsumers() == 0 {
		return shown, nil
	}
	for row, err := range t.consumersOf(tx, m, table.Page{Limit: few}) {
		if err != nil {
			return nil, err
		}
		shown.Consumers = append(shown.Consumers, consumerShort(row))
	}
	return shown, nil
}

// consumersOf yields the consumers of a container in the order they came in.
func (t *tables) consumersOf(tx kv.Reader, m *storev1.SecretContainer, p table.Page) iter.Seq2[*storev1.ContainerConsumer, error] {
	return t.consumers.Below(tx, scopeOf(m), p, m.GetId(), stateLive)
}

// consumerShort is a consumer as its container tells of it.
func consumerShort(m *storev1.ContainerConsumer) *secretcontainerv1.ContainerConsumer {
	return &secretcontainerv1.ContainerConsumer{Name: m.GetName(), Url: m.GetUrl()}
}

// consumerView tells all of a consumer.
func consumerView(m *storev1.ContainerConsumer) *secretcontainerv1.Consumer {
	return &secretcontainerv1.Consumer{
		Created: timestamp(m.GetCreatedUs()), Updated: timestamp(m.GetUpdatedUs()), Status: statusActive,
		Name: m.GetName(), Url: m.GetUrl(), ConsumerId: m.GetId(),
	}
}
