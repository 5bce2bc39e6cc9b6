package redislimit

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
	"github.com/redis/go-redis/v9/maintnotifications"
)

const (
	// netTimeout bounds dials, and reads and writes where no check waits.
	netTimeout = time.Second
	// poolSize is connections to a server: two for checks, the others for what is
	// dialled while those hang.
	poolSize = 8
	// clusterReload is how old the map of a cluster may get. With the default of a
	// minute go-redis fails for 20 to 30 seconds after a master is lost: a call that its
	// context ends does not reload the map.
	clusterReload = time.Second
)

// servers is what the URL stands for: one server, or a cluster.
type servers struct {
	single  *redis.Client
	cluster *redis.ClusterClient
}

// dial reads the URL. Nothing is sent yet.
func dial(url string) (servers, error) {
	// go-redis writes to standard error what breakers report once, and for all its users.
	redis.SetLogger(new(logging.VoidLogger))
	scheme, rest, _ := strings.Cut(url, "://")
	kind, form, _ := strings.Cut(scheme, "+")
	switch form {
	case "sentinel":
		o, err := redis.ParseFailoverURL(kind + "://" + rest)
		if err != nil {
			return servers{}, hide(err)
		}
		if o.MasterName == "" {
			return servers{}, errors.New("redis URL: redis+sentinel needs ?master_name=")
		}
		return servers{single: redis.NewFailoverClient(failover(o))}, nil
	case "cluster":
		o, err := redis.ParseClusterURL(kind + "://" + rest)
		if err != nil {
			return servers{}, hide(err)
		}
		return servers{cluster: redis.NewClusterClient(cluster(o))}, nil
	}
	o, err := redis.ParseURL(url)
	if err != nil {
		return servers{}, hide(err)
	}
	return servers{single: redis.NewClient(single(o))}, nil
}

// hide keeps the URL, which may hold a password, out of the error that net/url makes of it.
func hide(err error) error {
	var inner interface{ Unwrap() error }
	if errors.As(err, &inner) {
		err = inner.Unwrap()
	}
	return fmt.Errorf("redis URL: %w", err)
}

// single, failover and cluster set the same for each form. A script is not sent twice:
// after a lost answer it may have counted. One dial is tried at a time, and a context ends
// everything. What the URL says about timeouts and the pool stands.
func single(o *redis.Options) *redis.Options {
	o.MaxRetries, o.DialerRetries, o.ContextTimeoutEnabled = -1, 1, true
	o.PipelinePoolSize, o.DisableIdentity, o.MaintNotificationsConfig = -1, true, quiet()
	defaults(&o.Protocol, &o.PoolSize, &o.DialTimeout, &o.ReadTimeout, &o.WriteTimeout, o.TLSConfig)
	return o
}

func failover(o *redis.FailoverOptions) *redis.FailoverOptions {
	o.MaxRetries, o.DialerRetries, o.ContextTimeoutEnabled = -1, 1, true
	o.PipelinePoolSize, o.DisableIdentity = -1, true
	defaults(&o.Protocol, &o.PoolSize, &o.DialTimeout, &o.ReadTimeout, &o.WriteTimeout, o.TLSConfig)
	return o
}

func cluster(o *redis.ClusterOptions) *redis.ClusterOptions {
	o.MaxRetries, o.DialerRetries, o.ContextTimeoutEnabled = -1, 1, true
	o.PipelinePoolSize, o.DisableIdentity, o.MaintNotificationsConfig = -1, true, quiet()
	defaults(&o.Protocol, &o.PoolSize, &o.DialTimeout, &o.ReadTimeout, &o.WriteTimeout, o.TLSConfig)
	o.ClusterStateReloadInterval = clusterReload
	return o
}

// quiet asks for no announcements of maintenance, which only RESP3 brings.
func quiet() *maintnotifications.Config {
	return &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
}

func defaults(protocol, pool *int, dial, read, write *time.Duration, t *tls.Config) {
	if *protocol == 0 {
		*protocol = 2
	}
	if *pool == 0 {
		*pool = poolSize
	}
	for _, d := range []*time.Duration{dial, read, write} {
		if *d == 0 {
			*d = netTimeout
		}
	}
	if t != nil && t.MinVersion == 0 {
		t.MinVersion = tls.VersionTLS12
	}
}

// master returns the server that holds a key.
func (s servers) master(ctx context.Context, key string) (*redis.Client, error) {
	if s.cluster == nil {
		return s.single, nil
	}
	return s.cluster.MasterForKey(ctx, key)
}

// any returns a client for commands that concern no key.
func (s servers) any() redis.UniversalClient {
	if s.cluster != nil {
		return s.cluster
	}
	return s.single
}

// doubt has the map of the cluster reloaded, in the background.
func (s servers) doubt() {
	if s.cluster != nil {
		s.cluster.ReloadState(context.Background())
	}
}
