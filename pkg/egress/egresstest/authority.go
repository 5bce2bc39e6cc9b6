package egresstest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"net/netip"
	"testing"
	"time"
)

// authority signs certificates for every name. One key is for all: nobody attacks TLS here.
type authority struct {
	key   *ecdsa.PrivateKey
	cert  *x509.Certificate
	roots *x509.CertPool
}

func newAuthority(t testing.TB) *authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := lasting(pkix.Name{CommonName: "egresstest"})
	template.IsCA, template.BasicConstraintsValid, template.KeyUsage = true, true, x509.KeyUsageCertSign
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	a := &authority{key: key, cert: cert, roots: x509.NewCertPool()}
	a.roots.AddCert(cert)
	return a
}

// lasting is a template that holds in synctest's year 2000 too.
func lasting(subject pkix.Name) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: subject,
		NotBefore: time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC),
		NotAfter:  time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC),
	}
}

// certificate makes one for the name that a client asks for and the server's address.
func (a *authority) certificate(at netip.Addr) func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	return func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
		template := lasting(pkix.Name{CommonName: "server"})
		template.IPAddresses = []net.IP{at.AsSlice()}
		if hello.ServerName != "" {
			template.DNSNames = []string{hello.ServerName}
		}
		der, err := x509.CreateCertificate(rand.Reader, template, a.cert, a.key.Public(), a.key)
		return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: a.key}, err
	}
}
