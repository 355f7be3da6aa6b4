// Calls the quickstart server with connect-go or grpc-go, whose messages are built from the emitted descriptors.
//
//	interop CLIENT URL DESCRIPTORS
//
// CLIENT is grpc-go, or connect-go with one of its protocols; DESCRIPTORS is the path of the emitted descriptors.binpb.
package main

import (
	"fmt"
	"os"
)

func main() {
	if len(os.Args) != 4 {
		fail("usage: interop CLIENT URL DESCRIPTORS")
	}
	name, url, descriptors := os.Args[1], os.Args[2], os.Args[3]
	schema, err := readSchema(descriptors)
	if err != nil {
		fail(err)
	}
	client, err := newClient(name, url, schema)
	if err != nil {
		fail(err)
	}
	checks := run(client)
	if health, ok := client.(healthClient); ok {
		checks.equal("grpc.health.v1.Health/Check", "SERVING", health.health())
	}
	if checks.failed > 0 {
		os.Exit(1)
	}
}

func newClient(name, url string, schema *schema) (client, error) {
	if name == "grpc-go" {
		return newGrpcClient(url, schema)
	}
	return newConnectClient(name, url, schema)
}

func fail(why any) {
	fmt.Fprintln(os.Stderr, why)
	os.Exit(1)
}
