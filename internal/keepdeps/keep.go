// Package keepdeps is a scaffold: it holds go.mod's requirements until the code that needs them lands.
package keepdeps

import (
	_ "buf.build/go/protovalidate"
	_ "github.com/alecthomas/kong"
	_ "github.com/cenkalti/backoff/v5"
	_ "github.com/golang-jwt/jwt/v5"
	_ "github.com/google/go-cmp/cmp"
	_ "github.com/prometheus/client_golang/prometheus"
	_ "github.com/prometheus/client_golang/prometheus/promhttp"
	_ "github.com/tink-crypto/tink-go/v2/aead"
	_ "github.com/tink-crypto/tink-go/v2/keyset"
	_ "go.etcd.io/bbolt"
	_ "go.uber.org/goleak"
	_ "go.yaml.in/yaml/v3"
	_ "golang.org/x/sync/errgroup"
	_ "golang.org/x/sync/singleflight"
	_ "google.golang.org/grpc/reflection"
	_ "google.golang.org/protobuf/testing/protocmp"
	_ "pgregory.net/rapid"
	_ "golang.org/x/text/unicode/norm"
)
