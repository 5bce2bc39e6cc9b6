package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/encoding/protowire"
)

// envoyModule is the peer that rate limits in Redis are compared with.
const envoyModule = "github.com/envoyproxy/ratelimit/src/service_cmd@v1.4.1-0.20260122083618-3fb702589d36"

// envoyConfig limits every id by itself, far above what the bench sends.
const envoyConfig = `domain: bench
descriptors:
  - key: id
    rate_limit: {unit: minute, requests_per_unit: 1000000000}
`

// envoy starts envoyproxy/ratelimit as its authors ship it, without statistics.
func (b *bench) envoy(ctx context.Context, redis string) (*callee, error) {
	program := filepath.Join(b.cache, "envoy", "service_cmd")
	if _, err := os.Stat(program); err != nil {
		b.say("building envoyproxy/ratelimit")
		build := exec.CommandContext(ctx, "go", "install", "-trimpath", "-ldflags", "-s -w", envoyModule)
		build.Env = append(os.Environ(), "GOBIN="+filepath.Dir(program), "GOFLAGS=")
		build.Dir = b.work
		if said, err := build.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("build envoyproxy/ratelimit: %w\n%s", err, said)
		}
	}
	config := filepath.Join(b.work, "envoy", "ratelimit", "config")
	err := errors.Join(os.MkdirAll(config, 0o700), os.WriteFile(filepath.Join(config, "bench.yaml"), []byte(envoyConfig), 0o600))
	if err != nil {
		return nil, err
	}
	srv := &server{}
	settings := []string{
		"REDIS_SOCKET_TYPE=tcp", "REDIS_URL=" + redis, "USE_STATSD=false", "DISABLE_STATS=true", "LOG_LEVEL=error",
		"RUNTIME_ROOT=" + filepath.Join(b.work, "envoy"), "RUNTIME_SUBDIRECTORY=ratelimit", "RUNTIME_WATCH_ROOT=false",
		"HOST=127.0.0.1", "DEBUG_HOST=127.0.0.1", "GRPC_HOST=127.0.0.1",
	}
	for _, name := range []string{"PORT", "DEBUG_PORT", "GRPC_PORT"} {
		if srv.addr, err = freeAddr(); err != nil {
			return nil, err
		}
		settings = append(settings, name+"="+portOf(srv.addr))
	}
	// env takes the settings, so that no other process of the bench gets them.
	if err := srv.start(b.logName("envoy"), "env", append(settings, program)...); err != nil {
		return nil, err
	}
	return dialled(ctx, srv, shouldRateLimit)
}

// shouldRateLimit is envoy's call, written by hand: its generated code would come with a
// module for this one message.
func shouldRateLimit(ctx context.Context, on *grpc.ClientConn) error {
	var entry, descriptor, request []byte
	entry = protowire.AppendString(protowire.AppendTag(entry, 1, protowire.BytesType), "id")
	entry = protowire.AppendString(protowire.AppendTag(entry, 2, protowire.BytesType), identifier())
	descriptor = protowire.AppendBytes(protowire.AppendTag(descriptor, 1, protowire.BytesType), entry)
	request = protowire.AppendString(protowire.AppendTag(request, 1, protowire.BytesType), "bench")
	request = protowire.AppendBytes(protowire.AppendTag(request, 2, protowire.BytesType), descriptor)
	var answer []byte
	err := on.Invoke(ctx, "/envoy.service.ratelimit.v3.RateLimitService/ShouldRateLimit", &request, &answer, grpc.ForceCodec(asIs{}))
	if err != nil {
		return err
	}
	return admitted(answer)
}

// admitted refuses every overall_code but OK: a floor that denies does less work.
func admitted(answer []byte) error {
	number, kind, n := protowire.ConsumeTag(answer)
	if n < 0 || number != 1 || kind != protowire.VarintType {
		return errors.New("envoyproxy/ratelimit answers without a code")
	}
	if code, _ := protowire.ConsumeVarint(answer[n:]); code != 1 {
		return fmt.Errorf("envoyproxy/ratelimit answers code %d", code)
	}
	return nil
}

// asIs hands bytes on.
type asIs struct{}

func (asIs) Name() string                  { return "proto" }
func (asIs) Marshal(v any) ([]byte, error) { return *v.(*[]byte), nil }
func (asIs) Unmarshal(data []byte, v any) error {
	*v.(*[]byte) = append([]byte(nil), data...)
	return nil
}
