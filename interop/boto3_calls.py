"""Invokes functions of a box with boto3, AWS's own library for Python, unsigned.

    python boto3_calls.py URL

The box has the function `function` in interop/lambda-go, and its like `slow`, which has one process. Each check prints what was
called and what came back; one that got something else than it should prints both and makes the exit status 1.
"""

import base64
import json
import sys
import threading

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError, EventStreamError

(URL,) = sys.argv[1:]

failures = 0


def client(**settings):
    """A client as `aws --no-sign-request --endpoint-url URL` has it."""
    config = Config(signature_version=UNSIGNED, retries={"max_attempts": 0}, **settings)
    return boto3.client("lambda", endpoint_url=URL, region_name="us-east-1", config=config)


LAMBDA = client()


def check(called, expected, got):
    """Prints a check and counts it where it failed."""
    global failures
    if expected == got:
        print(f"  ok      {called:<48} {got}")
        return
    failures += 1
    print(f"  FAILED  {called}\n    expected {expected}\n    got      {got}")


def event(path, **more):
    return json.dumps({"rawPath": path, **more})


def invoked(**arguments):
    """What an invocation came to: the answer with what is said around it, or the error's code."""
    try:
        answer = LAMBDA.invoke(**{"FunctionName": "function", "Payload": event("/a"), **arguments})
    except ClientError as error:
        return error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]
    told = answer["StatusCode"], answer.get("FunctionError"), answer.get("ExecutedVersion")
    return *told, answer["Payload"].read().decode()


def streamed(path, **arguments):
    """What the pieces have together, and what is said at their end."""
    arguments = {"FunctionName": "function", "Payload": event(path), **arguments}
    try:
        answer = LAMBDA.invoke_with_response_stream(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]
    pieces, end = b"", None
    for message in answer.get("EventStream", []):
        pieces += message.get("PayloadChunk", {}).get("Payload", b"")
        end = message.get("InvokeComplete", end)
    return pieces, end


def invocations():
    code, error, version, answer = invoked()
    check("invoke", (200, None, "1", "/a"), (code, error, version, json.loads(answer)["path"]))
    arn = "arn:aws:lambda:us-east-1:000000000000:function:function"
    for name in (arn, f"{arn}:$LATEST", "function:1", "000000000000:function:function"):
        check(f"invoke {name}", (200, None, "1"), invoked(FunctionName=name)[:3])
    check("invoke Qualifier=1", (200, None, "1"), invoked(Qualifier="1")[:3])
    missing = ("ResourceNotFoundException", 404)
    check("invoke Qualifier=9", missing, invoked(Qualifier="9"))
    check("invoke Qualifier=live", missing, invoked(Qualifier="live"))
    check("invoke nobody", missing, invoked(FunctionName="nobody"))
    check("DryRun", (204, None, None, ""), invoked(InvocationType="DryRun"))
    check("DryRun of nobody", missing, invoked(InvocationType="DryRun", FunctionName="nobody"))
    check("Event", (202, None, None, ""), invoked(InvocationType="Event"))
    large = invoked(Payload=json.dumps("x" * (6 << 20)))
    check("an event that is too large", ("RequestTooLargeException", 413), large)
    broken = invoked(Payload="{")
    check("an event that is no JSON", ("InvalidRequestContentException", 400), broken)


def failed():
    document = {"errorMessage": "no luck", "errorType": "errorString"}
    code, error, version, answer = invoked(Payload=event("/fail"))
    check("a failure", (200, "Unhandled", "1", document), (code, error, version, json.loads(answer)))
    code, error, _, answer = invoked(Payload=event("/panic"))
    told = json.loads(answer)
    check("a panic", (200, "Unhandled", "string", True), (code, error, told["errorType"], "stackTrace" in told))
    code, error, _, answer = invoked(Payload=event("/end"))
    check("an end", (200, "Unhandled", "Runtime.ExitError"), (code, error, json.loads(answer)["errorType"]))
    code, error, _, answer = invoked(Payload=event("/hang"))
    told = json.loads(answer)
    expected = (200, "Unhandled", "Sandbox.Timedout", "Task timed out after 2.00 seconds")
    check("a timeout", expected, (code, error, told["errorType"], told["errorMessage"].split("Error: ")[1]))


def log():
    answer = LAMBDA.invoke(FunctionName="function", LogType="Tail", Payload=event("/print"))
    text = base64.b64decode(answer["LogResult"]).decode()
    check("LogType=Tail", True, "\nprinted\nEND RequestId: " in text)


def context():
    told = base64.b64encode(json.dumps({"client": {"app_title": "notes"}}).encode()).decode()
    answer = LAMBDA.invoke(FunctionName="function", ClientContext=told, Payload=event("/client"))
    check("ClientContext", {"title": "notes"}, json.loads(answer["Payload"].read()))


def streams():
    pieces, end = streamed("/stream")
    head, _, body = pieces.partition(b"\0" * 8)
    check("a stream", (201, b'{"streamed":true}', {}), (json.loads(head)["statusCode"], body, end))
    pieces, end = streamed("/a")
    check("a stream of what is none", ("/a", {}), (json.loads(pieces)["path"], end))
    pieces, end = streamed("/fail")
    details = json.loads(end["ErrorDetails"])["errorMessage"]
    check("a stream that fails", (b"", "Unhandled", "no luck"), (pieces, end["ErrorCode"], details))
    pieces, end = streamed("/stream-and-fail")
    head, _, body = pieces.partition(b"\0" * 8)
    details = json.loads(end["ErrorDetails"])["errorMessage"]
    check("a stream that breaks off", (b"part", "Unhandled", "no luck"), (body, end["ErrorCode"], details))
    _, end = streamed("/print", LogType="Tail")
    check("a stream with LogType=Tail", True, b"printed\n" in base64.b64decode(end["LogResult"]))
    check("a stream, DryRun", (b"", None), streamed("/a", InvocationType="DryRun"))
    check("a stream of nobody", ("ResourceNotFoundException", 404), streamed("/a", FunctionName="nobody"))


def throttled():
    """Its queue has room for so many bytes; its one process is busy for seconds."""
    payload = event("/sleep", filler="x" * 6_000_000)
    answers = []

    def one():
        answers.append(invoked(FunctionName="slow", Payload=payload))

    threads = [threading.Thread(target=one) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    codes = {answer[:2] for answer in answers}
    expected = {(200, None), ("TooManyRequestsException", 429)}
    check("too many at once", expected, codes)


try:
    invocations()
    failed()
    log()
    context()
    streams()
    throttled()
except EventStreamError as error:
    check("an event stream", None, error)
sys.exit(1 if failures else 0)
