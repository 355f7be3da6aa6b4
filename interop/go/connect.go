package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

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
}

func newConnectClient(name, url string, schema *schema) (*connectClient, error) {
	http1, http2 := new(http.Protocols), new(http.Protocols)
	http1.SetHTTP1(true)
	http2.SetUnencryptedHTTP2(true)
	json := connect.WithProtoJSON()
	ways := map[string]struct {
		protocols *http.Protocols
		options   []connect.ClientOption
	}{
		"connect-http1":      {http1, nil},
		"connect-http1-json": {http1, []connect.ClientOption{json, connect.WithHTTPGet()}},
		"connect-http2":      {http2, nil},
		"grpc":               {http2, []connect.ClientOption{connect.WithGRPC()}},
		"grpc-web-http1":     {http1, []connect.ClientOption{connect.WithGRPCWeb()}},
	}
	way, ok := ways[name]
	if !ok {
		return nil, fmt.Errorf("connect-go has no %s here", name)
	}
	transport := &http.Transport{Protocols: way.protocols}
	return &connectClient{schema, url, &http.Client{Transport: transport}, way.options}, nil
}

// procedure prepares calls of a procedure, and a request for it.
func (c *connectClient) procedure(
	name, request, cookie string,
) (*connect.Client[dynamicpb.Message, dynamicpb.Message], *connect.Request[dynamicpb.Message], error) {
	method, err := c.schema.method(name)
	if err != nil {
		return nil, nil, err
	}
	message, err := fromJSON(method.Input(), request)
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
	call := connect.NewClient[dynamicpb.Message, dynamicpb.Message](c.http, path, options...)
	prepared := connect.NewRequest(message)
	if cookie != "" {
		prepared.Header().Set("cookie", cookie)
	}
	return call, prepared, nil
}

func (c *connectClient) call(ctx context.Context, procedure, request, cookie string) (string, string) {
	client, prepared, err := c.procedure(procedure, request, cookie)
	if err != nil {
		return err.Error(), ""
	}
	answer, err := client.CallUnary(ctx, prepared)
	if err != nil {
		return c.failure(err), ""
	}
	set, _, _ := strings.Cut(answer.Header().Get("set-cookie"), ";")
	return toJSON(answer.Msg), set
}

func (c *connectClient) watch(ctx context.Context, procedure, request, cookie string) stream {
	ended := func(err error) stream {
		return func() string { return c.failure(err) }
	}
	client, prepared, err := c.procedure(procedure, request, cookie)
	if err != nil {
		return ended(err)
	}
	events, err := client.CallServerStream(ctx, prepared)
	if err != nil {
		return ended(err)
	}
	// Waits for them.
	events.ResponseHeader()
	return func() string {
		switch {
		case events.Receive():
			return toJSON(events.Msg())
		case events.Err() != nil:
			return c.failure(events.Err())
		default:
			return "the end of the stream"
		}
	}
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
