// A function on Amazon's own runtime for Go, for `cargo xtask interop-go` and `interop-aws`: what it does, the event's path says.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"strings"
	"testing/iotest"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
)

// What the function knows of the event that it has.
type told struct {
	Path    string `json:"path"`
	Arn     string `json:"arn"`
	Name    string `json:"name"`
	Version string `json:"version"`
	// Whether the id is a UUID, and how long it has for the event in seconds.
	ID   int `json:"id"`
	Time int `json:"time"`
}

// Where two events meet that one process has at a time.
var meeting = make(chan struct{})

func answer(ctx context.Context, event events.LambdaFunctionURLRequest) (any, error) {
	switch event.RawPath {
	case "/fail":
		return nil, errors.New("no luck")
	case "/panic":
		panic("no more luck")
	case "/end":
		os.Exit(3)
	case "/hang":
		time.Sleep(time.Hour)
	case "/stream":
		return &events.LambdaFunctionURLStreamingResponse{
			StatusCode: 201,
			Headers:    map[string]string{"content-type": "application/json"},
			Body:       strings.NewReader(`{"streamed":true}`),
		}, nil
	case "/stream-and-fail":
		return &events.LambdaFunctionURLStreamingResponse{
			Body: io.MultiReader(strings.NewReader("part"), iotest.ErrReader(errors.New("no luck"))),
		}, nil
	case "/print":
		fmt.Println("printed")
	case "/sleep":
		time.Sleep(time.Second)
	case "/meet":
		// Another event in this very process.
		select {
		case meeting <- struct{}{}:
		case <-meeting:
		case <-ctx.Done():
			return nil, errors.New("nobody came")
		}
		return map[string]bool{"met": true}, nil
	case "/client":
		known, _ := lambdacontext.FromContext(ctx)
		return map[string]string{"title": known.ClientContext.Client.AppTitle}, nil
	case "/body":
		return events.LambdaFunctionURLResponse{
			StatusCode: 200,
			Headers:    map[string]string{"content-type": "application/json"},
			Body:       fmt.Sprintf(`{"got":%q,"query":%q}`, event.Body, event.QueryStringParameters["a"]),
		}, nil
	}
	known, ok := lambdacontext.FromContext(ctx)
	if !ok {
		return nil, errors.New("there is no context")
	}
	deadline, _ := ctx.Deadline()
	body, err := json.Marshal(told{
		Path:    event.RawPath,
		Arn:     known.InvokedFunctionArn,
		Name:    lambdacontext.FunctionName,
		Version: lambdacontext.FunctionVersion,
		ID:      len(known.AwsRequestID),
		Time:    int(time.Until(deadline).Round(10 * time.Second).Seconds()),
	})
	return json.RawMessage(body), err
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == "cannot-start" {
		log.Fatal("no database")
	}
	lambda.Start(answer)
}
