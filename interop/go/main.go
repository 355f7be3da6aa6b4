// Calls a server with connect-go or grpc-go, whose messages are built from the emitted descriptors.
//
//	interop [flags] users|shapes URL DESCRIPTORS
//
// The flags say what calls, and how: `interop -help`. `users` are the calls of the quickstart server, `shapes` those of the
// one with every kind of procedure; DESCRIPTORS is the path of that server's emitted descriptors.binpb.
package main

import (
	"fmt"
	"os"
)

func main() {
	settings, err := readSettings()
	if err != nil {
		fail(err)
	}
	schema, err := readSchema(settings.descriptors)
	if err != nil {
		fail(err)
	}
	wire := new(wire)
	client, err := newClient(settings, schema, wire)
	if err != nil {
		fail(err)
	}
	checks := new(checks)
	switch settings.calls {
	case "users":
		users(client, checks)
	case "shapes":
		shapes(client, settings, wire, checks)
	default:
		fail("there are no calls named " + settings.calls)
	}
	if checks.failed > 0 {
		os.Exit(1)
	}
}

func newClient(settings *settings, schema *schema, wire *wire) (client, error) {
	if settings.protocol == "grpc-go" {
		return newGrpcClient(settings, schema, wire)
	}
	return newConnectClient(settings, schema, wire)
}

func fail(why any) {
	fmt.Fprintln(os.Stderr, why)
	os.Exit(1)
}
