package main

import (
	"context"
	"net"
	"sync/atomic"
)

// wire counts the bytes on a client's connections, beneath TLS and HTTP: what tells that something was compressed.
type wire struct {
	sent, received atomic.Int64
}

func (w *wire) dial(ctx context.Context, network, address string) (net.Conn, error) {
	connection, err := new(net.Dialer).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return &counted{connection, w}, nil
}

// during is how many bytes went each way while something was done.
func (w *wire) during(work func()) (sent, received int64) {
	sent, received = w.sent.Load(), w.received.Load()
	work()
	return w.sent.Load() - sent, w.received.Load() - received
}

type counted struct {
	net.Conn
	wire *wire
}

func (c *counted) Read(bytes []byte) (int, error) {
	count, err := c.Conn.Read(bytes)
	c.wire.received.Add(int64(count))
	return count, err
}

func (c *counted) Write(bytes []byte) (int, error) {
	count, err := c.Conn.Write(bytes)
	c.wire.sent.Add(int64(count))
	return count, err
}
