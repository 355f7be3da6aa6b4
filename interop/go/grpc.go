package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"connectrpc.com/connect"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"
)

// grpcClient calls with grpc-go.
type grpcClient struct {
	schema     *schema
	connection *grpc.ClientConn
}

func newGrpcClient(url string, schema *schema) (*grpcClient, error) {
	address := strings.TrimPrefix(url, "http://")
	connection, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	return &grpcClient{schema, connection}, err
}

func (c *grpcClient) call(ctx context.Context, procedure, request, cookie string) (string, string) {
	method, message, err := c.procedure(procedure, request)
	if err != nil {
		return err.Error(), ""
	}
	answer := dynamicpb.NewMessage(method.Output())
	var headers metadata.MD
	err = c.connection.Invoke(with(ctx, cookie), path(method), message, answer, grpc.Header(&headers))
	if err != nil {
		return c.failure(err), ""
	}
	set, _, _ := strings.Cut(strings.Join(headers.Get("set-cookie"), ""), ";")
	return toJSON(answer), set
}

func (c *grpcClient) watch(ctx context.Context, procedure, request, cookie string) stream {
	ended := func(err error) stream {
		return func() string { return c.failure(err) }
	}
	method, message, err := c.procedure(procedure, request)
	if err != nil {
		return ended(err)
	}
	events, err := c.connection.NewStream(with(ctx, cookie), &grpc.StreamDesc{ServerStreams: true}, path(method))
	if err != nil {
		return ended(err)
	}
	if err := events.SendMsg(message); err != nil && !errors.Is(err, io.EOF) {
		return ended(err)
	}
	if err := events.CloseSend(); err != nil {
		return ended(err)
	}
	// Waits for them; where none come, the first event tells.
	_, _ = events.Header()
	return func() string {
		event := dynamicpb.NewMessage(method.Output())
		switch err := events.RecvMsg(event); {
		case err == nil:
			return toJSON(event)
		case errors.Is(err, io.EOF):
			return "the end of the stream"
		default:
			return c.failure(err)
		}
	}
}

// health asks the service that grpc-go brings the client for.
func (c *grpcClient) health() string {
	ctx, done := context.WithTimeout(context.Background(), patience)
	defer done()
	health := grpc_health_v1.NewHealthClient(c.connection)
	answer, err := health.Check(ctx, &grpc_health_v1.HealthCheckRequest{})
	if err != nil {
		return c.failure(err)
	}
	return answer.GetStatus().String()
}

func (c *grpcClient) procedure(name, request string) (protoreflect.MethodDescriptor, *dynamicpb.Message, error) {
	method, err := c.schema.method(name)
	if err != nil {
		return nil, nil, err
	}
	message, err := fromJSON(method.Input(), request)
	return method, message, err
}

// failure shows the status of a failed call and the code in its detail.
func (c *grpcClient) failure(err error) string {
	failed, ok := status.FromError(err)
	if !ok {
		return err.Error()
	}
	// Connect has the same codes, and names them as the other clients here do.
	code := connect.Code(failed.Code())
	if details := failed.Proto().GetDetails(); len(details) == 1 {
		name := string(details[0].MessageName())
		return fmt.Sprintf("%s, %s", code, c.schema.detail(name, details[0].GetValue()))
	}
	return fmt.Sprintf("%s: %s", code, failed.Message())
}

func path(method protoreflect.MethodDescriptor) string {
	return fmt.Sprintf("/%s/%s", method.Parent().FullName(), method.Name())
}

func with(ctx context.Context, cookie string) context.Context {
	if cookie == "" {
		return ctx
	}
	return metadata.AppendToOutgoingContext(ctx, "cookie", cookie)
}
