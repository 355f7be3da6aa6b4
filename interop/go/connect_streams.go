package main

import (
	"context"
	"errors"
	"io"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"
)

func (c *connectClient) watch(ctx context.Context, procedure, request string, sent entries) stream {
	failed := func(err error) stream {
		return func() string { return c.failure(err) }
	}
	caller, prepared, err := c.request(procedure, request, sent)
	if err != nil {
		return failed(err)
	}
	events, err := caller.CallServerStream(ctx, prepared)
	if err != nil {
		return failed(err)
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
			return ended
		}
	}
}

func (c *connectClient) upload(ctx context.Context, procedure string, requests []string, sent entries) string {
	caller, method, err := c.caller(procedure)
	if err != nil {
		return err.Error()
	}
	call := caller.CallClientStream(ctx)
	add(call.RequestHeader(), sent)
	for _, request := range requests {
		message, err := fromJSON(method.Input(), request)
		if err != nil {
			return err.Error()
		}
		// At the end of a call that failed the answer tells why.
		if err := call.Send(message); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return c.failure(err)
		}
	}
	response, err := call.CloseAndReceive()
	if err != nil {
		return c.failure(err)
	}
	return toJSON(response.Msg)
}

func (c *connectClient) converse(ctx context.Context, procedure string, sent entries) conversation {
	caller, method, err := c.caller(procedure)
	if err != nil {
		return failed(err.Error())
	}
	call := caller.CallBidiStream(ctx)
	add(call.RequestHeader(), sent)
	return &connectConversation{c, method, call}
}

// connectConversation is a bidirectional call of connect-go's.
type connectConversation struct {
	client *connectClient
	method protoreflect.MethodDescriptor
	call   *connect.BidiStreamForClient[dynamicpb.Message, dynamicpb.Message]
}

func (c *connectConversation) send(request string) string {
	message, err := fromJSON(c.method.Input(), request)
	if err == nil {
		err = c.call.Send(message)
	}
	if err == nil || errors.Is(err, io.EOF) {
		return ""
	}
	return c.client.failure(err)
}

func (c *connectConversation) close() {
	// What went wrong is received.
	_ = c.call.CloseRequest()
}

func (c *connectConversation) receive() string {
	message, err := c.call.Receive()
	switch {
	case err == nil:
		return toJSON(message)
	case errors.Is(err, io.EOF):
		return ended
	default:
		return c.client.failure(err)
	}
}
