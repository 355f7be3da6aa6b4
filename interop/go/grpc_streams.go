package main

import (
	"context"
	"errors"
	"io"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"
)

func (c *grpcClient) watch(ctx context.Context, procedure, request string, sent entries) stream {
	events := c.converse(ctx, procedure, sent)
	if failure := events.send(request); failure != "" {
		return func() string { return failure }
	}
	events.close()
	if call, ok := events.(*grpcConversation); ok {
		// Waits for them; where none come, the first event tells.
		_, _ = call.call.Header()
	}
	return events.receive
}

func (c *grpcClient) upload(ctx context.Context, procedure string, requests []string, sent entries) string {
	call := c.converse(ctx, procedure, sent)
	for _, request := range requests {
		if failure := call.send(request); failure != "" {
			return failure
		}
	}
	call.close()
	return call.receive()
}

func (c *grpcClient) converse(ctx context.Context, procedure string, sent entries) conversation {
	method, err := c.schema.method(procedure)
	if err != nil {
		return failed(err.Error())
	}
	kind := grpc.StreamDesc{
		ClientStreams: method.IsStreamingClient(),
		ServerStreams: method.IsStreamingServer(),
	}
	call, err := c.connection.NewStream(with(ctx, sent), &kind, path(method), grpc.Peer(&c.last))
	if err != nil {
		return failed(c.failure(err))
	}
	return &grpcConversation{c, method, call}
}

// grpcConversation is a call with streams of grpc-go's.
type grpcConversation struct {
	client *grpcClient
	method protoreflect.MethodDescriptor
	call   grpc.ClientStream
}

func (c *grpcConversation) send(request string) string {
	message, err := fromJSON(c.method.Input(), request)
	if err == nil {
		err = c.call.SendMsg(message)
	}
	// At the end of a call that failed the answer tells why.
	if err == nil || errors.Is(err, io.EOF) {
		return ""
	}
	return c.client.failure(err)
}

func (c *grpcConversation) close() {
	// What went wrong is received.
	_ = c.call.CloseSend()
}

func (c *grpcConversation) receive() string {
	message := dynamicpb.NewMessage(c.method.Output())
	switch err := c.call.RecvMsg(message); {
	case err == nil:
		return toJSON(message)
	case errors.Is(err, io.EOF):
		return ended
	default:
		return c.client.failure(err)
	}
}
