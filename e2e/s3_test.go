package e2e_test

import (
	"bufio"
	"bytes"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/holdplane/holdplane/internal/servers"
	"github.com/holdplane/holdplane/pkg/objectstorage"
	"github.com/holdplane/holdplane/pkg/objectstorage/versitygw"
	"github.com/holdplane/holdplane/pkg/seal"
)

// TestPrincipalsOnVersityGW has boto3 use what the driver provides. Its clients stay as
// they are, connections and all, while their secrets change.
func TestPrincipalsOnVersityGW(t *testing.T) {
	storage := objectstorage.Storage{
		AdminURL:       servers.StartVersityGW(t).Addr,
		AdminAccessKey: servers.GatewayAccessKey,
		AdminSecretKey: seal.Secret(servers.GatewaySecretKey),
		Region:         servers.GatewayRegion,
	}
	driver := versitygw.New()
	put := func(accessKey, secret string) *s3Client {
		t.Helper()
		p := objectstorage.Principal{AccessKey: accessKey, SecretKey: seal.Secret(secret)}
		if err := driver.Put(t.Context(), storage, p); err != nil {
			t.Fatal(err)
		}
		return startS3(t, storage.AdminURL, storage.Region, accessKey, secret)
	}
	before := put("HPANNA", "one")
	before.expect("bucket photos", "ok")
	before.expect("put photos cat.txt meow", "ok")
	before.expect("get photos cat.txt", "meow")
	put("HPBERT", "two").expect("get photos cat.txt", "AccessDenied")

	after := put("HPANNA", "three")
	before.expect("get photos cat.txt", "SignatureDoesNotMatch")
	before.expect("put photos cat.txt woof", "SignatureDoesNotMatch")
	after.expect("get photos cat.txt", "meow")
	after.expect("put photos dog.txt woof", "ok")

	if err := driver.Delete(t.Context(), storage, "HPANNA"); err != nil {
		t.Fatal(err)
	}
	for _, client := range []*s3Client{before, after} {
		client.expect("get photos cat.txt", "InvalidAccessKeyId")
		client.expect("put photos cat.txt woof", "InvalidAccessKeyId")
		client.expect("bucket films", "InvalidAccessKeyId")
	}
}

// s3Client is a running python/s3/client.py.
type s3Client struct {
	t       *testing.T
	orders  io.Writer
	answers *bufio.Reader
	trouble *bytes.Buffer
}

// startS3 starts an S3 client that lives as long as the test.
func startS3(t *testing.T, endpoint, region, accessKey, secret string) *s3Client {
	t.Helper()
	cmd := exec.Command(filepath.Join(setUp(t).cache, "s3", "bin", "python"), filepath.Join("s3", "client.py"))
	cmd.Dir = "python"
	cmd.Env = []string{
		"ENDPOINT_URL=" + endpoint, "REGION=" + region, "ACCESS_KEY=" + accessKey, "SECRET_KEY=" + secret,
		"PYTHONDONTWRITEBYTECODE=1", "AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null",
	}
	c := &s3Client{t: t, trouble: &bytes.Buffer{}}
	cmd.Stderr = c.trouble
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close() // ends it
		if err := cmd.Wait(); err != nil {
			t.Errorf("S3 client: %v\n%s", err, c.trouble)
		}
	})
	c.orders, c.answers = in, bufio.NewReader(out)
	return c
}

// expect orders something and checks what comes of it.
func (c *s3Client) expect(order, want string) {
	c.t.Helper()
	if got := c.order(order); got != want {
		c.t.Errorf("%s: %q, want %q", order, got, want)
	}
}

// order returns what comes of an order.
func (c *s3Client) order(order string) string {
	c.t.Helper()
	if _, err := io.WriteString(c.orders, order+"\n"); err != nil {
		c.t.Fatalf("%s: %v", order, err)
	}
	line, err := c.answers.ReadString('\n')
	if err != nil {
		c.t.Fatalf("%s: %v", order, err) // the trouble is told when it is over
	}
	return strings.TrimSpace(line)
}
