package main

import (
	"context"
	"fmt"
	"net"
	"net/url"

	"connectrpc.com/connect"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/encoding/gzip"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"
)

// grpcClient calls with grpc-go.
type grpcClient struct {
	schema     *schema
	connection *grpc.ClientConn
	last       peer.Peer
}

func newGrpcClient(settings *settings, schema *schema, wire *wire) (*grpcClient, error) {
	if settings.http1 || settings.json {
		return nil, fmt.Errorf("grpc-go has neither HTTP/1.1 nor JSON")
	}
	at, err := url.Parse(settings.url)
	if err != nil {
		return nil, err
	}
	transport := insecure.NewCredentials()
	if secured := settings.tls(); secured != nil {
		transport = credentials.NewTLS(secured)
	}
	options := []grpc.DialOption{
		grpc.WithTransportCredentials(transport),
		grpc.WithContextDialer(func(ctx context.Context, address string) (net.Conn, error) {
			return wire.dial(ctx, "tcp", address)
		}),
	}
	if settings.gzip {
		options = append(options, grpc.WithDefaultCallOptions(grpc.UseCompressor(gzip.Name)))
	}
	connection, err := grpc.NewClient(at.Host, options...)
	return &grpcClient{schema: schema, connection: connection}, err
}

func (c *grpcClient) call(ctx context.Context, procedure, request string, sent entries) answer {
	method, message, err := c.request(procedure, request)
	if err != nil {
		return answer{text: err.Error()}
	}
	response := dynamicpb.NewMessage(method.Output())
	var before, after metadata.MD
	told := []grpc.CallOption{grpc.Header(&before), grpc.Trailer(&after), grpc.Peer(&c.last)}
	if err := c.connection.Invoke(with(ctx, sent), path(method), message, response, told...); err != nil {
		return answer{text: c.failure(err)}
	}
	return answer{toJSON(response), entries(before), entries(after)}
}

func (c *grpcClient) spoken() string {
	if c.last.AuthInfo == nil || c.last.AuthInfo.AuthType() != "tls" {
		return "HTTP/2.0"
	}
	state := c.last.AuthInfo.(credentials.TLSInfo).State
	return "HTTP/2.0" + secured(&state)
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

func (c *grpcClient) request(name, request string) (protoreflect.MethodDescriptor, *dynamicpb.Message, error) {
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

func with(ctx context.Context, sent entries) context.Context {
	for name, values := range sent {
		for _, value := range values {
			ctx = metadata.AppendToOutgoingContext(ctx, name, value)
		}
	}
	return ctx
}
