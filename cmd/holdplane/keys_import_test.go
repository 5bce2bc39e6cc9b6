package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/rpc"
)

// importer is an ImportService that knows hashes only.
type importer struct {
	identityv1.UnimplementedImportServiceServer
	addr string

	mu      sync.Mutex
	known   map[string]*identityv1.ImportedKey
	batches int
	largest int    // batch, in bytes
	fails   int    // how many batches until one fails; 0 is none
	heap    uint64 // the largest seen
}

func startImporter(t *testing.T) *importer {
	t.Helper()
	f := &importer{addr: "unix://" + filepath.Join(newRoot(t), "internal.sock"), known: map[string]*identityv1.ImportedKey{}}
	l, err := rpc.Listen(f.addr)
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer()
	identityv1.RegisterImportServiceServer(server, f)
	done := make(chan error, 1)
	go func() { done <- server.Serve(l) }()
	t.Cleanup(func() {
		server.Stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return f
}

func (f *importer) ImportKeys(_ context.Context, r *identityv1.ImportKeysRequest) (*identityv1.ImportKeysResponse, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.batches++; f.batches == f.fails {
		return nil, fault.FailedPrecondition("BROKEN", "the disk is full")
	}
	f.largest = max(f.largest, proto.Size(r))
	if f.batches%4 == 0 {
		f.heap = max(f.heap, liveHeap())
	}
	answer := &identityv1.ImportKeysResponse{}
	for _, k := range r.GetKeys() {
		hash := k.GetKey().GetHash().GetValue()
		result := &identityv1.ImportResult{Existed: f.known[hash] != nil}
		if k.GetKey().GetApiId() == "api_nowhere" {
			result = &identityv1.ImportResult{Refused: "api api_nowhere not found"}
		} else if !r.GetDryRun() {
			f.known[hash] = k
		}
		answer.Results = append(answer.Results, result)
	}
	return answer, nil
}

// importFrom runs the command on what in gives, and returns what it prints.
func (f *importer) importFrom(t *testing.T, in io.Reader, args ...string) (out, errOut string, err error) {
	t.Helper()
	var o, e bytes.Buffer
	args = append([]string{"keys", "import", "-", "--tenant", "acme", "--internal-addr", f.addr}, args...)
	err = run(t.Context(), args, in, &o, &e)
	return o.String(), e.String(), err
}

func digestText(n int) string {
	d := sha256.Sum256(fmt.Append(nil, n))
	return base64.StdEncoding.EncodeToString(d[:])
}

func importLineOf(n int) string {
	return fmt.Sprintf(`{"apiId":"api_1","hash":{"value":"%s","variant":"sha256_base64"},"externalId":"user_%d","meta":{"n":1.0}}`+"\n", digestText(n), n)
}

func TestImportReadsBothForms(t *testing.T) {
	for name, text := range map[string]string{
		"v1, lines":   importLineOf(1) + "\n" + importLineOf(2),
		"v1, array":   " \n[" + importLineOf(1) + "," + importLineOf(2) + "]\n",
		"no line end": importLineOf(1) + strings.TrimSpace(importLineOf(2)),
		"v2": `[{"hash":"` + digestText(1) + `"},{"hash":"` + digestText(2) +
			`","credits":{"remaining":0,"refill":{"interval":"daily","amount":5}},"ratelimits":[{"name":"one","limit":1,"duration":1000,"autoApply":true}]}]`,
		"with a byte order mark": "\xef\xbb\xbf" + importLineOf(1) + importLineOf(2),
	} {
		t.Run(name, func(t *testing.T) {
			f := startImporter(t)
			out, errOut, err := f.importFrom(t, strings.NewReader(text), "--api", "api_1")
			if err != nil || out != "Added 2 keys; 0 were there already; 0 refused.\n" || errOut != "" || len(f.known) != 2 {
				t.Errorf("%v: %s%s", err, out, errOut)
			}
			k := f.known[digestText(2)]
			if name == "v2" && (!k.GetUsedUp() || k.GetKey().GetRefill().GetAmount() != 5 || k.GetRatelimits()[0].GetName() != "one") {
				t.Errorf("read %v", k)
			}
			if name != "v2" && (k.GetKey().GetMeta() != `{"n":1.0}` || k.GetKey().GetExternalId() != "user_2") {
				t.Errorf("read %v", k)
			}
		})
	}
}

func TestImportRefusesByLine(t *testing.T) {
	f := startImporter(t)
	const planted = "sk_live_planted_secret"
	lines := []struct{ text, why string }{
		{importLineOf(1), ""},
		{`{"apiId":"api_1","hash":"` + planted + `"`, "not JSON"},
		{`{"hash":"` + digestText(2) + `"}`, "apiId is missing"},
		{`{"apiId":"api_1","` + planted + `":1}`, "has an unknown field"},
		{`{"apiId":"api_1","permisions":[]}`, `unknown field "permisions"`},
		{`{"apiId":"api_1","plaintext":["` + planted + `"]}`, "plaintext: a string is wanted"},
		{`{"apiId":"api_1","hash":["` + planted + `"]}`, "hash is neither"},
		{`{"apiId":"api_1","hash":{"value":"` + planted + `","variant":"md5"}}`, "key.hash.variant"},
		{`{"apiId":"api_1","plaintext":"` + planted + `","name":"` + strings.Repeat("n", 2<<20) + `"}`, "longer than"},
		{`{"apiId":"api_nowhere","hash":"` + digestText(3) + `"}`, "api api_nowhere not found"},
		{importLineOf(4), ""},
	}
	var text strings.Builder
	refused := 0
	for _, l := range lines {
		text.WriteString(strings.TrimSpace(l.text) + "\n")
		if l.why != "" {
			refused++
		}
	}
	out, errOut, err := f.importFrom(t, strings.NewReader(text.String()))
	if err == nil || err.Error() != fmt.Sprintf("%d of %d keys were refused", refused, len(lines)) || len(f.known) != 2 {
		t.Errorf("%v, %d known", err, len(f.known))
	}
	if strings.Contains(out, "planted") || strings.Contains(out, digestText(3)) || errOut != "" {
		t.Errorf("prints what it should not: %s%s", out, errOut)
	}
	for i, l := range lines {
		at := fmt.Sprintf("line %d: refused: ", i+1)
		_, why, found := strings.Cut(out, at)
		if found != (l.why != "") || !strings.HasPrefix(why, l.why) {
			t.Errorf("%s%.60q, want %q", at, why, l.why)
		}
	}
}

func TestImportOfWhatIsNoFileOfKeys(t *testing.T) {
	f := startImporter(t)
	for name, text := range map[string]string{
		"an array that does not end": "[" + strings.TrimSpace(importLineOf(1)),
		"two arrays":                 "[]\n[]",
		"broken in the array":        "[" + importLineOf(1) + "}",
	} {
		if _, _, err := f.importFrom(t, strings.NewReader(text)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if out, _, err := f.importFrom(t, strings.NewReader(" \n")); err != nil || !strings.HasPrefix(out, "Added 0 keys") {
		t.Errorf("nothing: %v, %s", err, out)
	}
}

func TestImportGoesOnWhereItBrokeOff(t *testing.T) {
	f := startImporter(t)
	f.fails = 3
	lines := func() io.Reader { return &lineSource{left: 2000} }
	out, _, err := f.importFrom(t, lines())
	if err == nil || !strings.Contains(err.Error(), "the disk is full; start the import again") || !strings.HasPrefix(out, "Added 1000 keys") {
		t.Errorf("broken off: %v, %s", err, out)
	}
	out, _, err = f.importFrom(t, lines(), "--json")
	var sum map[string]any
	if json.Unmarshal([]byte(out), &sum) != nil || err != nil || sum["added"] != 1000.0 || sum["existed"] != 1000.0 || len(f.known) != 2000 {
		t.Errorf("again: %v, %s", err, out)
	}
	f.known = map[string]*identityv1.ImportedKey{}
	out, _, err = f.importFrom(t, lines(), "--dry-run")
	if err != nil || out != "Would add 2000 keys; 0 were there already; 0 refused.\n" || len(f.known) != 0 {
		t.Errorf("dry run: %v, %s", err, out)
	}
}

// A file may be larger than memory.
func TestImportIsBounded(t *testing.T) {
	f := startImporter(t)
	before := liveHeap()
	const lines, each = 12_000, 2_000
	out, _, err := f.importFrom(t, &lineSource{left: lines, pad: strings.Repeat("x", each)}, "--dry-run")
	if err != nil || !strings.HasPrefix(out, fmt.Sprintf("Would add %d keys", lines)) {
		t.Errorf("%v, %s", err, out)
	}
	grown := int64(f.heap) - int64(before)
	if grown > lines*each/2 || f.heap == 0 || f.largest > 2<<20 {
		t.Errorf("with a file of %d bytes, %d more were in memory, %d in a batch", lines*each, grown, f.largest)
	}
}

// liveHeap is what is in use, in bytes, without what is garbage.
func liveHeap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// lineSource is a file of keys that nobody keeps.
type lineSource struct {
	left int
	pad  string // of each meta
	rest []byte
}

func (s *lineSource) Read(p []byte) (int, error) {
	if len(s.rest) == 0 {
		if s.left == 0 {
			return 0, io.EOF
		}
		s.rest = []byte(strings.Replace(importLineOf(s.left), "1.0", `"`+s.pad+`"`, 1))
		s.left--
	}
	n := copy(p, s.rest)
	s.rest = s.rest[n:]
	return n, nil
}
