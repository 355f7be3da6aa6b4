package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"
)

// connectClient calls with connect-go.
type connectClient struct {
	schema  *schema
	url     string
	http    *http.Client
	options []connect.ClientOption
	last    *noted
	// timeout is the header that tells of deadlines.
	timeout string
}

// caller is a client of one procedure.
type caller = connect.Client[dynamicpb.Message, dynamicpb.Message]

func newConnectClient(settings *settings, schema *schema, wire *wire) (*connectClient, error) {
	protocols, options, timeout := new(http.Protocols), []connect.ClientOption{}, "grpc-timeout"
	switch settings.protocol {
	case "connect":
		timeout = "connect-timeout-ms"
	case "grpc":
		options = append(options, connect.WithGRPC())
	case "grpc-web":
		options = append(options, connect.WithGRPCWeb())
	default:
		return nil, fmt.Errorf("connect-go has no %s", settings.protocol)
	}
	if settings.json {
		options = append(options, connect.WithProtoJSON(), connect.WithHTTPGet())
	}
	if settings.gzip {
		options = append(options, connect.WithSendGzip())
	}
	secured := settings.tls()
	switch {
	case settings.http1:
		protocols.SetHTTP1(true)
		if secured != nil {
			secured.NextProtos = []string{"http/1.1"}
		}
	case secured != nil:
		// The server chooses.
		protocols.SetHTTP1(true)
		protocols.SetHTTP2(true)
	default:
		protocols.SetUnencryptedHTTP2(true)
	}
	transport := &http.Transport{Protocols: protocols, TLSClientConfig: secured, DialContext: wire.dial}
	last := &noted{transport: transport}
	return &connectClient{schema, settings.url, &http.Client{Transport: last}, options, last, timeout}, nil
}

// noted is a transport that remembers what the last answer came by.
type noted struct {
	transport http.RoundTripper
	spoken    atomic.Value
}

func (n *noted) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := n.transport.RoundTrip(request)
	if err == nil {
		n.spoken.Store(response.Proto + secured(response.TLS))
	}
	return response, err
}

func (c *connectClient) spoken() string {
	spoken, _ := c.last.spoken.Load().(string)
	return spoken
}

func (c *connectClient) deadline(of time.Duration) entries {
	value := strconv.FormatInt(of.Milliseconds(), 10)
	if c.timeout == "grpc-timeout" {
		value += "m"
	}
	return entries{c.timeout: {value}}
}

// caller prepares calls of a procedure.
func (c *connectClient) caller(name string) (*caller, protoreflect.MethodDescriptor, error) {
	method, err := c.schema.method(name)
	if err != nil {
		return nil, nil, err
	}
	// What generated code knows of a procedure.
	options := append([]connect.ClientOption{
		connect.WithSchema(method),
		connect.WithResponseInitializer(func(_ connect.Spec, message any) error {
			*message.(*dynamicpb.Message) = *dynamicpb.NewMessage(method.Output())
			return nil
		}),
	}, c.options...)
	if idempotency(method) == "NO_SIDE_EFFECTS" {
		options = append(options, connect.WithIdempotency(connect.IdempotencyNoSideEffects))
	}
	path := fmt.Sprintf("%s/%s/%s", c.url, method.Parent().FullName(), method.Name())
	return connect.NewClient[dynamicpb.Message, dynamicpb.Message](c.http, path, options...), method, nil
}

// request prepares a call of a procedure that takes one message.
func (c *connectClient) request(name, request string, sent entries) (*caller, *connect.Request[dynamicpb.Message], error) {
	caller, method, err := c.caller(name)
	if err != nil {
		return nil, nil, err
	}
	message, err := fromJSON(method.Input(), request)
	if err != nil {
		return nil, nil, err
	}
	prepared := connect.NewRequest(message)
	add(prepared.Header(), sent)
	return caller, prepared, nil
}

func (c *connectClient) call(ctx context.Context, procedure, request string, sent entries) answer {
	caller, prepared, err := c.request(procedure, request, sent)
	if err != nil {
		return answer{text: err.Error()}
	}
	response, err := caller.CallUnary(ctx, prepared)
	if err != nil {
		return answer{text: c.failure(err)}
	}
	return answer{toJSON(response.Msg), entriesOf(response.Header()), entriesOf(response.Trailer())}
}

// failure shows the status of a failed call and the code in its detail.
func (c *connectClient) failure(err error) string {
	var failed *connect.Error
	if !errors.As(err, &failed) {
		return err.Error()
	}
	if details := failed.Details(); len(details) == 1 {
		return fmt.Sprintf("%s, %s", failed.Code(), c.schema.detail(details[0].Type(), details[0].Bytes()))
	}
	return failed.Error()
}

// idempotency is the name of a procedure's idempotency level.
func idempotency(method protoreflect.MethodDescriptor) string {
	options := method.Options().ProtoReflect()
	field := options.Descriptor().Fields().ByName("idempotency_level")
	return string(field.Enum().Values().ByNumber(options.Get(field).Enum()).Name())
}

func add(header http.Header, sent entries) {
	for name, values := range sent {
		for _, value := range values {
			if isBinary(name) {
				value = connect.EncodeBinaryHeader([]byte(value))
			}
			header.Add(name, value)
		}
	}
}

func entriesOf(header http.Header) entries {
	found := entries{}
	for name, values := range header {
		name = strings.ToLower(name)
		for _, value := range values {
			if isBinary(name) {
				decoded, err := connect.DecodeBinaryHeader(value)
				if err != nil {
					decoded = []byte(err.Error())
				}
				value = string(decoded)
			}
			found[name] = append(found[name], value)
		}
	}
	return found
}
