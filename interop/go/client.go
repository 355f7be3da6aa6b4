package main

import (
	"context"
	"strings"
	"time"
)

// patience is how long a call may take that is answered.
const patience = 30 * time.Second

// client is what calls procedures such as users.v1.Users.Ping.
type client interface {
	call(ctx context.Context, procedure, request string, sent entries) answer
	// watch calls a procedure that streams, and returns when its headers are there.
	watch(ctx context.Context, procedure, request string, sent entries) stream
	// upload calls a procedure that takes a stream, and gives its answer as text.
	upload(ctx context.Context, procedure string, requests []string, sent entries) string
	// converse calls a procedure with streams both ways.
	converse(ctx context.Context, procedure string, sent entries) conversation
	// spoken is what the last answer came by, such as "HTTP/1.1 in TLS, ALPN http/1.1".
	spoken() string
}

// healthClient is a client that brings the service for health checks.
type healthClient interface {
	health() string
}

// teller is a client that can tell the server of a deadline without knowing of one itself.
type teller interface {
	deadline(of time.Duration) entries
}

// answer is one message or failure as text, and the metadata before and after it.
type answer struct {
	text          string
	before, after entries
}

// stream gives one event after the other as text; in the end, what ended it.
type stream func() string

// ended is what a stream gives that ended well.
const ended = "the end of the stream"

// conversation is a call whose streams go both ways.
type conversation interface {
	// send gives a failure as text, and nothing where there is none.
	send(request string) string
	// close ends what is sent.
	close()
	// receive is the other side's stream.
	receive() string
}

// failed is a conversation that did not begin.
type failed string

func (f failed) send(string) string { return string(f) }
func (f failed) close()             {}
func (f failed) receive() string    { return string(f) }

// entries are metadata, with names in lower case. Where a name ends in -bin, values are the bytes themselves.
type entries map[string][]string

// all are the values of a name in their order.
func (e entries) all(name string) string {
	return strings.Join(e[name], "+")
}

func isBinary(name string) bool {
	return strings.HasSuffix(name, "-bin")
}
