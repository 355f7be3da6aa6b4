package main

import (
	"crypto/tls"
	"crypto/x509"
	"flag"
	"fmt"
	"os"
)

// settings say what calls, how, and where.
type settings struct {
	// protocol is connect, grpc or grpc-web, by connect-go; or grpc-go.
	protocol string
	http1    bool
	json     bool
	// gzip compresses requests. Answers in gzip are accepted always.
	gzip bool
	// authority is the certificate to trust; without one there is no TLS.
	authority *x509.CertPool

	calls, url, descriptors string
}

func readSettings() (*settings, error) {
	var s settings
	flag.StringVar(&s.protocol, "protocol", "connect", "connect, grpc or grpc-web, by connect-go; or grpc-go")
	flag.BoolVar(&s.http1, "http1", false, "HTTP/1.1 in the place of HTTP/2")
	flag.BoolVar(&s.json, "json", false, "JSON in the place of protobuf, and GET where there is such a thing")
	flag.BoolVar(&s.gzip, "gzip", false, "compress requests")
	authority := flag.String("authority", "", "TLS: the path of the certificate to trust")
	flag.Parse()
	if flag.NArg() != 3 {
		return nil, fmt.Errorf("usage: interop [flags] users|shapes URL DESCRIPTORS")
	}
	s.calls, s.url, s.descriptors = flag.Arg(0), flag.Arg(1), flag.Arg(2)
	if *authority != "" {
		certificate, err := os.ReadFile(*authority)
		if err != nil {
			return nil, err
		}
		s.authority = x509.NewCertPool()
		if !s.authority.AppendCertsFromPEM(certificate) {
			return nil, fmt.Errorf("%s holds no certificate", *authority)
		}
	}
	return &s, nil
}

// tls is nil without TLS.
func (s *settings) tls() *tls.Config {
	if s.authority == nil {
		return nil
	}
	return &tls.Config{RootCAs: s.authority}
}

// secured shows what came of a handshake; nil where there was none.
func secured(state *tls.ConnectionState) string {
	if state == nil {
		return ""
	}
	return fmt.Sprintf(" in %s, ALPN %s", tls.VersionName(state.Version), state.NegotiatedProtocol)
}
