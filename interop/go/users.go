package main

import (
	"context"
	"strings"
	"time"
)

const (
	right   = `{"name": "ada", "password": "lovelace"}`
	wrong   = `{"name": "ada", "password": "byron"}`
	bob     = `{"name": "bob", "email": "bob@example.com", "password": "secret"}`
	nowhere = `{"name": "eve", "email": "nowhere"}`
	id      = `{"id": "2"}`
	created = `{"id":"2","name":"bob","email":"bob@example.com"}`
)

// users signs in, creates, watches, deletes, and does each of them wrongly as well: at the quickstart server.
func users(client client, checks *checks) {
	ctx, done := context.WithTimeout(context.Background(), patience)
	defer done()
	sent := entries{}
	check := func(called, procedure, request, expected string) {
		answer := client.call(ctx, "users.v1."+procedure, request, sent)
		checks.equal(called, expected, answer.text)
		if set, _, _ := strings.Cut(answer.before.all("set-cookie"), ";"); set != "" {
			sent["cookie"] = []string{set}
		}
	}
	watch := func(ctx context.Context) stream {
		return client.watch(ctx, "users.v1.Users.Watch", "{}", sent)
	}

	check("Users/Ping without a session", "Users.Ping", "{}",
		"permission_denied, code 920: rejected by filter `signed_in`")
	check("Sessions/SignIn with a wrong password", "Sessions.SignIn", wrong,
		"unauthenticated, code 0: The name or the password is wrong.")
	check("Sessions/SignIn", "Sessions.SignIn", right, `{"user":{"id":"1","name":"ada","admin":true}}`)
	// Whether the cookie came back shows here.
	check("Users/Ping", "Users.Ping", "{}", "{}")

	watching, cancel := context.WithCancel(ctx)
	defer cancel()
	events := watch(watching)
	check("Users/Create", "Users.Create", bob, `{"user":`+created+`}`)
	check("Users/Create with a wrong e-mail address", "Users.Create", nowhere,
		`invalid_argument, code 1: no @ in "nowhere"`)
	checks.equal("Users/Watch, first event", `{"created":`+created+`}`, events())
	check("Users/Delete", "Users.Delete", id, "{}")
	checks.equal("Users/Watch, second event", `{"deleted":"2"}`, events())
	cancel()
	checks.equal("Users/Watch, cancelled", "canceled", statusOf(events()))

	bounded, done := context.WithTimeout(ctx, 50*time.Millisecond)
	defer done()
	checks.equal("Users/Watch with a deadline", "deadline_exceeded", statusOf(watch(bounded)()))
	check("Users/Ping afterwards", "Users.Ping", "{}", "{}")
	if health, ok := client.(healthClient); ok {
		checks.equal("grpc.health.v1.Health/Check", "SERVING", health.health())
	}
}

// statusOf is a failure without what a client adds in its own words.
func statusOf(answer string) string {
	if end := strings.IndexAny(answer, ",:"); end >= 0 {
		return answer[:end]
	}
	return answer
}
