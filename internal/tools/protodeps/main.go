// Command protodeps fills the git-ignored third_party/proto with the .proto
// sources that ours import. It prints them from the descriptors linked into the
// Go packages that go.mod pins, so go.mod alone sets their versions and no schema
// registry is asked.
package main

import (
	"flag"
	"fmt"
	"io/fs"
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/jhump/protoreflect/v2/protoprint"
	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/genproto/googleapis/api/httpbody"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/protobuf/reflect/protoreflect"

	validatepb "buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go/buf/validate"
)

// roots are the files our .proto files may import; what they import comes along.
var roots = []protoreflect.FileDescriptor{
	annotations.File_google_api_annotations_proto,
	annotations.File_google_api_field_behavior_proto,
	httpbody.File_google_api_httpbody_proto,
	status.File_google_rpc_status_proto,
	errdetails.File_google_rpc_error_details_proto,
	validatepb.File_buf_validate_validate_proto,
}

func main() {
	log.SetFlags(0)
	out := flag.String("out", "third_party/proto", "folder to fill")
	flag.Parse()
	if err := run(*out); err != nil {
		log.Fatal("protodeps: ", err)
	}
}

// run makes out hold exactly the printed files; unchanged ones keep their time.
func run(out string) error {
	files := map[string]protoreflect.FileDescriptor{}
	for _, fd := range roots {
		collect(files, fd)
	}
	want := map[string]bool{}
	var printer protoprint.Printer
	for path, fd := range files {
		source, err := printer.PrintProtoToString(fd)
		if err != nil {
			return fmt.Errorf("print %s: %w", path, err)
		}
		dst := filepath.Join(out, filepath.FromSlash(path))
		want[dst] = true
		if err := writeChanged(dst, source); err != nil {
			return err
		}
	}
	return removeStale(out, want)
}

func collect(files map[string]protoreflect.FileDescriptor, fd protoreflect.FileDescriptor) {
	path := fd.Path()
	// buf itself brings google/protobuf/*.proto.
	if strings.HasPrefix(path, "google/protobuf/") || files[path] != nil {
		return
	}
	files[path] = fd
	for i := range fd.Imports().Len() {
		collect(files, fd.Imports().Get(i).FileDescriptor)
	}
}

func writeChanged(dst, source string) error {
	if old, err := os.ReadFile(dst); err == nil && string(old) == source {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(dst), 0o755); err != nil {
		return err
	}
	return os.WriteFile(dst, []byte(source), 0o644)
}

// removeStale drops what an earlier version of a dependency had.
func removeStale(out string, want map[string]bool) error {
	var stale []string
	err := filepath.WalkDir(out, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() && strings.HasSuffix(path, ".proto") && !want[path] {
			stale = append(stale, path)
		}
		return err
	})
	for _, path := range stale {
		if err := os.Remove(path); err != nil {
			return err
		}
	}
	return err
}
