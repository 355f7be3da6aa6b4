package main

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// large is how many bytes are in a message that is worth compressing.
const large = 20_000

// shapes calls procedures of every kind, of the server that has them all.
func shapes(client client, settings *settings, wire *wire, checks *checks) {
	ctx, done := context.WithTimeout(context.Background(), patience)
	defer done()
	one := func(called, procedure, request, expected string) {
		checks.equal(called, expected, client.call(ctx, "testing.v1."+procedure, request, nil).text)
	}
	one("Shapes/Echo", "Shapes.Echo", `{"text":"Grüße"}`, `{"text":"Grüße"}`)
	checks.equal("  spoken", expectedSpoken(settings), client.spoken())
	one("Shapes/Ping", "Shapes.Ping", "{}", "{}")

	bothWays(ctx, client, checks)
	streams(ctx, client, checks)
	if settings.http1 {
		fmt.Printf("  not in HTTP/1.1 by connect-go: calls with streams both ways\n")
	} else {
		conversations(ctx, client, checks)
	}
	compression(ctx, client, settings, wire, checks)
	failures(ctx, client, checks)
	deadlines(client, checks)
	one("Shapes/Ping afterwards", "Shapes.Ping", "{}", "{}")
}

// expectedSpoken is what the server has to agree to.
func expectedSpoken(settings *settings) string {
	switch {
	case settings.http1 && settings.authority != nil:
		return "HTTP/1.1 in TLS 1.3, ALPN http/1.1"
	case settings.http1:
		return "HTTP/1.1"
	case settings.authority != nil:
		return "HTTP/2.0 in TLS 1.3, ALPN h2"
	default:
		return "HTTP/2.0"
	}
}

// bothWays is where metadata goes: several values of a name, bytes, and what follows an answer.
func bothWays(ctx context.Context, client client, checks *checks) {
	sent := entries{"x-word": {"one", "two"}, "x-bytes-bin": {"\x00\x9f", "\xff"}}
	facts := client.call(ctx, "testing.v1.CallFacts.Facts", "{}", sent).text
	checks.equal("CallFacts/Facts: metadata", "one+two", field(facts, "metadata"))
	// AJ//, in base64.
	checks.equal("CallFacts/Facts: metadata of bytes", "AJ//", field(facts, "binary"))

	got := client.call(ctx, "testing.v1.CallFacts.Decorate", `{"text":"salty"}`, nil)
	checks.equal("CallFacts/Decorate", "{}", got.text)
	checks.equal("  before the answer", `early, one+two+one, "\x00\xff"`, fmt.Sprintf("%s, %s, %+q",
		got.before.all("x-before"), got.before.all("x-repeated"), got.before.all("x-before-bin")))
	checks.equal("  after the answer", `late, one+two+one, "\xff\x00"`, fmt.Sprintf("%s, %s, %+q",
		got.after.all("x-after"), got.after.all("x-repeated"), got.after.all("x-after-bin")))
}

// streams go one way.
func streams(ctx context.Context, client client, checks *checks) {
	count := client.watch(ctx, "testing.v1.Shapes.Count", `{"from":3,"to":6,"failAt":-1}`, nil)
	for _, expected := range []string{`{"number":"3"}`, `{"number":"4"}`, `{"number":"5"}`, ended} {
		checks.equal("Shapes/Count, a server's stream", expected, count())
	}
	numbers := []string{`{"number":"40"}`, `{"number":"-2"}`, `{"number":"4"}`}
	sum := func(numbers []string, sent entries) string {
		return client.upload(ctx, "testing.v1.Shapes.Sum", numbers, sent)
	}
	checks.equal("Shapes/Sum, a client's stream", `{"number":"42"}`, sum(numbers, nil))
	checks.equal("Shapes/Sum of no numbers", "{}", sum(nil, nil))
	checks.equal("Shapes/Sum that is refused", "failed_precondition, code 77: the initializer failed",
		sum(numbers, entries{"x-fail-initializer": {"77"}}))
}

// conversations go both ways.
func conversations(ctx context.Context, client client, checks *checks) {
	begin := func(ctx context.Context, sent entries) conversation {
		return client.converse(ctx, "testing.v1.Shapes.Chat", sent)
	}
	send := func(chat conversation, text string) {
		if failure := chat.send(fmt.Sprintf(`{"text":%q}`, text)); failure != "" {
			checks.equal("Shapes/Chat, sending "+text, "", failure)
		}
	}
	// Each is answered before the next one is sent.
	full := begin(ctx, nil)
	for _, text := range []string{"one", "two", "three"} {
		send(full, text)
		checks.equal("Shapes/Chat, full duplex", fmt.Sprintf(`{"text":%q}`, strings.ToUpper(text)), full.receive())
	}
	full.close()
	checks.equal("Shapes/Chat, full duplex", ended, full.receive())

	half := begin(ctx, nil)
	send(half, "one")
	send(half, "two")
	half.close()
	for _, expected := range []string{`{"text":"ONE"}`, `{"text":"TWO"}`, ended} {
		checks.equal("Shapes/Chat, half duplex", expected, half.receive())
	}

	refused := begin(ctx, entries{"x-fail-initializer": {"77"}})
	send(refused, "one")
	checks.equal("Shapes/Chat that is refused", "failed_precondition, code 77: the initializer failed", refused.receive())
	refused.close()

	cancelled, cancel := context.WithCancel(ctx)
	chat := begin(cancelled, nil)
	send(chat, "one")
	checks.equal("Shapes/Chat, to be cancelled", `{"text":"ONE"}`, chat.receive())
	cancel()
	checks.equal("Shapes/Chat, cancelled", "canceled", statusOf(chat.receive()))
}

// compression is seen in the number of bytes on the connection.
func compression(ctx context.Context, client client, settings *settings, wire *wire, checks *checks) {
	packed := func(called, expected string, call func() string) {
		var got string
		sent, received := wire.during(func() { got = call() })
		checks.equal(called, "true", fmt.Sprint(got == expected))
		checks.equal("  sent in gzip", fmt.Sprint(settings.gzip), fmt.Sprint(sent < large/4))
		checks.equal("  answered in gzip", "true", fmt.Sprint(received < large/4))
	}
	// Tree is no procedure that is called by GET.
	tree := fmt.Sprintf(`{"inner":{"text":"%s"}}`, strings.Repeat("a", large))
	packed("Shapes/Tree of 20,000 bytes", tree, func() string {
		return client.call(ctx, "testing.v1.Shapes.Tree", tree, nil).text
	})
	if settings.http1 {
		return
	}
	text := fmt.Sprintf(`{"text":"%s"}`, strings.Repeat("A", large))
	packed("Shapes/Chat of 20,000 bytes", text, func() string {
		chat := client.converse(ctx, "testing.v1.Shapes.Chat", nil)
		defer chat.close()
		if failure := chat.send(text); failure != "" {
			return failure
		}
		return chat.receive()
	})
}

// failures have a status, a message, and a code in their detail.
func failures(ctx context.Context, client client, checks *checks) {
	for _, way := range [][2]string{
		{"zero", "unauthenticated, code 0: Zero is a legal code."},
		{"formatted", `not_found, code 2: no row 7 in "users" {}`},
		{"large", "aborted, code 1000: Above Iris's own range."},
		{"other", "internal, code 902: internal server error"},
	} {
		request := fmt.Sprintf(`{"text":%q}`, way[0])
		got := client.call(ctx, "testing.v1.Failures.Fail", request, nil).text
		checks.equal("Failures/Fail, "+way[0], way[1], got)
	}
	events := client.watch(ctx, "testing.v1.Shapes.Count", `{"from":3,"to":6,"failAt":4}`, nil)
	checks.equal("Shapes/Count that fails", `{"number":"3"}`, events())
	checks.equal("Shapes/Count that fails", `not_found, code 2: no row 4 in "numbers" {}`, events())
}

// deadlines are told to the server, which keeps them by itself.
func deadlines(client client, checks *checks) {
	forever, cancel := context.WithCancel(context.Background())
	defer time.AfterFunc(patience, cancel).Stop()
	facts := client.call(forever, "testing.v1.CallFacts.Facts", "{}", nil).text
	checks.equal("CallFacts/Facts without a deadline", "", field(facts, "remaining"))

	bounded, done := context.WithTimeout(forever, patience)
	defer done()
	facts = client.call(bounded, "testing.v1.CallFacts.Facts", "{}", nil).text
	remaining, err := time.ParseDuration(field(facts, "remaining") + "ms")
	checks.equal("CallFacts/Facts with a deadline in 30 s", "true",
		fmt.Sprint(err == nil && remaining > 0 && remaining <= patience))

	short, done := context.WithTimeout(forever, 100*time.Millisecond)
	defer done()
	hung := client.call(short, "testing.v1.Failures.Hang", "{}", nil).text
	checks.equal("Failures/Hang until a deadline", "deadline_exceeded", statusOf(hung))

	teller, ok := client.(teller)
	if !ok {
		fmt.Printf("  not by grpc-go: a deadline that it does not keep as well\n")
		return
	}
	hung = client.call(forever, "testing.v1.Failures.Hang", "{}", teller.deadline(100*time.Millisecond)).text
	told, _, _ := strings.Cut(hung, ":")
	checks.equal("Failures/Hang until the server's deadline", "deadline_exceeded, code 900", told)
}
