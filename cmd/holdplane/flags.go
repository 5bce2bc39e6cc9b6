package main

import (
	"fmt"
	"iter"
	"net"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// gatewayName is the part of the binary that is not a service.
const gatewayName = "gateway"

// serverFlags configure a process that serves.
type serverFlags struct {
	HTTPAddr     string            `name:"http-addr" env:"HOLDPLANE_HTTP_ADDR" default:"127.0.0.1:8080" help:"Where the JSON gateway listens."`
	GRPCAddr     string            `name:"grpc-addr" env:"HOLDPLANE_GRPC_ADDR" default:"127.0.0.1:8081" help:"Where gRPC for callers with credentials listens: host:port or unix:///path."`
	AdminAddr    string            `name:"admin-addr" env:"HOLDPLANE_ADMIN_ADDR" default:"127.0.0.1:8082" help:"Where metrics and profiles listen; loopback only. Empty for nowhere."`
	InternalAddr string            `name:"internal-addr" env:"HOLDPLANE_INTERNAL_ADDR" help:"Where services and the operator's commands come in: unix:///path. Default: internal.sock in the data folder."`
	Peer         map[string]string `name:"peer" env:"HOLDPLANE_PEER" mapsep:"," help:"Where a service that runs elsewhere listens for gRPC: identity=ADDR. Repeatable."`
	InternalPeer map[string]string `name:"internal-peer" env:"HOLDPLANE_INTERNAL_PEER" mapsep:"," help:"Internal listener of a service that runs elsewhere: identity=unix:///path. Repeatable."`
	Without      []string          `name:"without" env:"HOLDPLANE_WITHOUT" help:"Service that this installation does not have and never had. Repeatable."`

	DataDir    string   `name:"data-dir" env:"HOLDPLANE_DATA_DIR" help:"Folder of the embedded stores and of the internal listener. Default: ./.holdplane for dev."`
	Store      string   `name:"store" env:"HOLDPLANE_STORE" default:"bolt" help:"Where data is kept: bolt, for files in the data folder, or an address of PostgreSQL, postgres://user@host:5432/database?sslmode=verify-full. Its password is safer in PGPASSWORD or a password file (PGPASSFILE) than here."`
	Redis      string   `name:"redis" env:"HOLDPLANE_REDIS" help:"Where rate limits are counted for all processes that name it: redis://[user:password@]host:port, rediss:// for TLS, redis+sentinel://host:port?master_name=NAME or redis+cluster://host:port. A password is safer in the variable than here. Default: each process counts by itself."`
	Processes  int      `name:"redis-processes" env:"HOLDPLANE_REDIS_PROCESSES" default:"1" help:"How many processes name that Redis. While it is away each admits its share of a limit."`
	MasterKey  string   `name:"master-key-file" env:"HOLDPLANE_MASTER_KEY_FILE" help:"File of the master key, made by init. Keep it outside the data folder and its backups. Default for dev: the data folder's name and .key."`
	Bootstrap  string   `name:"bootstrap" env:"HOLDPLANE_BOOTSTRAP" help:"YAML file of tenants and keys to create when they are missing."`
	Connectors []string `name:"connectors" env:"HOLDPLANE_CONNECTORS" help:"YAML file of connectors, or folder of such files, on top of those that are built in. Repeatable; a later one counts more."`
	EnvFile    string   `name:"env-file" env:"HOLDPLANE_ENV_FILE" help:"File to write addresses and dev credentials to, as shell lines."`

	PublicURL      string         `name:"public-url" env:"HOLDPLANE_PUBLIC_URL" help:"Address by which clients reach the gateway, for links. Default: the HTTP address where that is on loopback; else links are relative."`
	SMTPURL        string         `name:"smtp-url" env:"HOLDPLANE_SMTP_URL" help:"Server that sends mails: smtp://user:password@host:587?from=Name%20%3Cname@example.com%3E, or smtps:// where TLS begins at once. A password is safer in the variable than here. Default: dev keeps mails on a page, serve refuses what ends in a mail."`
	AllowPlaintext bool           `name:"allow-plaintext" env:"HOLDPLANE_ALLOW_PLAINTEXT" help:"Listen off loopback without TLS; a proxy in front must do it."`
	TrustedProxy   []netip.Prefix `name:"trusted-proxy" env:"HOLDPLANE_TRUSTED_PROXY" help:"Network of a proxy whose X-Forwarded-For is believed, or of a gateway that calls this process over a network. Repeatable."`
	Reflection     bool           `name:"reflection" env:"HOLDPLANE_REFLECTION" help:"Let gRPC clients ask for the public services' descriptors. Always on in dev."`
	Drain          time.Duration  `name:"drain" env:"HOLDPLANE_DRAIN" default:"0s" help:"How long to go on after the signal to stop, with /readyz at 503, so that a load balancer sends requests elsewhere first."`
	keepMails      bool           // without SMTPURL, for dev
	LogLevel       string         `name:"log-level" env:"HOLDPLANE_LOG_LEVEL" enum:"debug,info,warn,error" default:"info" help:"Least level that is logged."`
}

// check refuses what can't work or is not safe, before anything is opened.
func (f *serverFlags) check(names []string) error {
	if err := f.layout(names).check(); err != nil {
		return err
	}
	if err := f.checkStore(); err != nil {
		return err
	}
	if err := f.checkRedis(); err != nil {
		return err
	}
	if err := f.checkMail(); err != nil {
		return err
	}
	if len(servicesIn(names)) > 0 && f.DataDir == "" && (f.isEmbedded() || f.InternalAddr == "") {
		return fmt.Errorf("--data-dir is missing: name the folder that holdplane init made")
	}
	for flag, addr := range f.listening(names) {
		if err := checkAddr(addr); err != nil {
			return fmt.Errorf("%s: %w", flag, err)
		}
		if !f.AllowPlaintext && !isLocal(addr) {
			return fmt.Errorf("%s %s is reachable from other machines and would be served in plaintext: listen on 127.0.0.1, or put a TLS proxy in front and add --allow-plaintext", flag, addr)
		}
	}
	if err := checkAddr(f.AdminAddr); f.AdminAddr != "" && err != nil {
		return fmt.Errorf("--admin-addr: %w", err)
	}
	if f.AdminAddr != "" && !isLocal(f.AdminAddr) {
		return fmt.Errorf("--admin-addr %s: metrics and profiles are for this machine only; use 127.0.0.1", f.AdminAddr)
	}
	if f.InternalAddr != "" && !strings.HasPrefix(f.InternalAddr, "unix://") {
		return fmt.Errorf("--internal-addr %s: who reaches it is the operator, so it must be a socket that only you can open: unix:///path", f.InternalAddr)
	}
	return f.checkPeers()
}

// checkPeers refuses to send credentials in plaintext over a network, and the
// operator's orders over any.
func (f *serverFlags) checkPeers() error {
	for name, addr := range f.Peer {
		if err := checkAddr(addr); err != nil {
			return fmt.Errorf("--peer %s: %w", name, err)
		}
		if !f.AllowPlaintext && !isLocal(addr) {
			return fmt.Errorf("--peer %s=%s is another machine, and callers' credentials would go there in plaintext: put TLS proxies in between and name the near one, or add --allow-plaintext", name, addr)
		}
	}
	for name, addr := range f.InternalPeer {
		if !strings.HasPrefix(addr, "unix://") {
			return fmt.Errorf("--internal-peer %s=%s: who answers there decides who callers are, so it must be a socket that only you can open: unix:///path", name, addr)
		}
	}
	return nil
}

// listening yields the flags of the listeners for callers with credentials.
func (f *serverFlags) listening(names []string) iter.Seq2[string, string] {
	return func(yield func(flag, addr string) bool) {
		if slices.Contains(names, gatewayName) && !yield("--http-addr", f.HTTPAddr) {
			return
		}
		if len(servicesIn(names)) > 0 {
			yield("--grpc-addr", f.GRPCAddr)
		}
	}
}

// checkAddr refuses what is no address at all.
func checkAddr(addr string) error {
	if strings.HasPrefix(addr, "unix://") {
		return nil
	}
	if _, _, err := net.SplitHostPort(addr); err != nil {
		return fmt.Errorf("%q is no address; expected host:port, such as 127.0.0.1:8080", addr)
	}
	return nil
}

// internal is the address of the internal listener.
func (f *serverFlags) internal() string {
	if f.InternalAddr != "" {
		return f.InternalAddr
	}
	return internalIn(f.DataDir)
}

// internalIn is the internal listener's default address for a data folder.
func internalIn(dataDir string) string {
	path, err := filepath.Abs(filepath.Join(dataDir, "internal.sock"))
	if err != nil {
		path = filepath.Join(dataDir, "internal.sock")
	}
	return "unix://" + path
}

// isLocal tells whether addr can be reached from this machine only.
func isLocal(addr string) bool {
	if strings.HasPrefix(addr, "unix://") {
		return true
	}
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}
