package versitygw

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/holdplane/holdplane/pkg/objectstorage"
)

// newClient follows no redirect, as a principal's secret would go along, and knows of no
// proxy.
func newClient() *http.Client {
	return &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			// Calls are rare. A kept connection that the gateway has closed would fail one,
			// as a PATCH is not sent again.
			DisableKeepAlives:      true,
			DisableCompression:     true,
			MaxResponseHeaderBytes: maxAnswer,
		},
	}
}

// adminURL is where an operation of the admin API is.
func adminURL(admin, operation string) (*url.URL, error) {
	u, err := url.Parse(admin)
	// A path would be signed, and whoever cuts it off on the way breaks the signature.
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" || u.User != nil ||
		(u.Path != "" && u.Path != "/") || u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("%w: its admin URL is not http or https with a host and nothing else", objectstorage.ErrRefused)
	}
	return u.JoinPath(operation), nil
}

// sign puts the headers of AWS Signature Version 4 on a request.
func sign(r *http.Request, s objectstorage.Storage, body []byte) error {
	sum := sha256.Sum256(body)
	digest := hex.EncodeToString(sum[:])
	r.Header.Set("X-Amz-Content-Sha256", digest) // the gateway insists, the signer does not send it
	admin := aws.Credentials{AccessKeyID: s.AdminAccessKey, SecretAccessKey: string(s.AdminSecretKey)}
	// A signer that is kept would sign with the secret it saw first under an access key:
	// it remembers what it derived and doesn't compare secrets.
	return v4.NewSigner().SignHTTP(r.Context(), admin, r, digest, "s3", s.Region, time.Now())
}
