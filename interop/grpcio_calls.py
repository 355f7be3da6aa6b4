"""Calls the quickstart server with grpcio and stubs that grpcio-tools generated.

    python grpcio_calls.py HOST:PORT STUBS

STUBS is the folder with the generated modules. Each check prints what was called and what came
back; one that got something else than it should prints both and makes the exit status 1.
"""

import sys

import grpc
from grpc_status import rpc_status

ADDRESS, STUBS = sys.argv[1:]
sys.path.insert(0, STUBS)

from iris.v1 import error_pb2
from users.v1 import sessions_service_pb2_grpc, users_pb2, users_service_pb2, users_service_pb2_grpc

SECONDS = 30
ADA = users_pb2.User(id=1, name="ada", admin=True)
BOB = users_pb2.User(id=2, name="bob", email="bob@example.com")

failures = 0


def check(called, expected, got):
    """Prints a check and counts it where it failed."""
    global failures
    if expected == got:
        print(f"  ok      {called:<48} {got}")
        return
    failures += 1
    print(f"  FAILED  {called}\n    expected {expected}\n    got      {got}")


def show(message):
    """A message on one line."""
    name, fields = type(message).__name__, " ".join(str(message).split())
    return f"{name} {{ {fields} }}" if fields else f"{name} {{}}"


def answer_of(call):
    """What a call came to: the message, or the status with its detail as grpcio reads them."""
    try:
        return show(call())
    except grpc.RpcError as error:
        return failure_of(error)


def failure_of(error):
    """The status of a failed call and the code in its `iris.v1.ErrorDetail`."""
    # Reads `grpc-status-details-bin`, and refuses one that disagrees with status or message.
    status = rpc_status.from_call(error)
    if status is None:
        return f"{error.code().name} without details: {error.details()}"
    detail = error_pb2.ErrorDetail()
    if len(status.details) != 1 or not status.details[0].Unpack(detail):
        return f"{error.code().name} with other details: {status.details}"
    code = detail.code if detail.HasField("code") else "absent"
    return f"{error.code().name}, code {code}: {detail.internal_message}"


def cookie_of(metadata):
    """The cookie that the server set, as it is sent back."""
    header = dict(metadata).get("set-cookie", "")
    return ("cookie", header.split(";")[0])


def run(channel):
    sessions = sessions_service_pb2_grpc.SessionsStub(channel)
    users = users_service_pb2_grpc.UsersStub(channel)
    ping = users_service_pb2.PingRequest()

    check(
        "Users/Ping without a session",
        "PERMISSION_DENIED, code 920: rejected by filter `signed_in`",
        answer_of(lambda: users.Ping(ping, timeout=SECONDS)),
    )
    check(
        "Sessions/SignIn with a wrong password",
        "UNAUTHENTICATED, code 0: The name or the password is wrong.",
        answer_of(lambda: sessions.SignIn(credentials("byron"), timeout=SECONDS)),
    )

    signed_in, call = sessions.SignIn.with_call(credentials("lovelace"), timeout=SECONDS)
    check("Sessions/SignIn", show(users_pb2.SignInResponse(user=ADA)), show(signed_in))
    cookie = cookie_of(call.initial_metadata())
    check("  the cookie it sets", ("cookie", "session="), (cookie[0], cookie[1][:8]))
    known = dict(timeout=SECONDS, metadata=[cookie])

    check("Users/Ping", "PingResponse {}", answer_of(lambda: users.Ping(ping, **known)))

    events = users.Watch(users_pb2.WatchRequest(), **known)
    # Returns when the headers are there: the server watches from then on.
    events.initial_metadata()

    new = users_pb2.CreateUserRequest(name="bob", email="bob@example.com", password="secret")
    check(
        "Users/Create",
        show(users_pb2.CreateUserResponse(user=BOB)),
        answer_of(lambda: users.Create(new, **known)),
    )
    wrong = users_pb2.CreateUserRequest(name="eve", email="nowhere")
    check(
        "Users/Create with a wrong e-mail address",
        'INVALID_ARGUMENT, code 1: no @ in "nowhere"',
        answer_of(lambda: users.Create(wrong, **known)),
    )
    bob = users_pb2.DeleteUserRequest(id=BOB.id)
    check(
        "Users/Delete",
        "DeleteResponse {}",
        answer_of(lambda: users.Delete(bob, **known)),
    )
    check(
        "Users/Delete once more",
        "DeleteResponse {}",
        answer_of(lambda: users.Delete(bob, **known)),
    )

    created, deleted = users_pb2.UserEvent(created=BOB), users_pb2.UserEvent(deleted=BOB.id)
    check("Users/Watch, first event", show(created), answer_of(lambda: next(events)))
    check("Users/Watch, second event", show(deleted), answer_of(lambda: next(events)))
    events.cancel()

    nothing = channel.unary_unary("/users.v1.Users/Rename")
    check(
        "Users/Rename, which there is not",
        "UNIMPLEMENTED, code 901: no procedure answers at /users.v1.Users/Rename",
        answer_of(lambda: nothing(b"", timeout=SECONDS)),
    )
    raw = channel.unary_unary("/users.v1.Sessions/SignIn")
    broken = answer_of(lambda: raw(b"\x0a\xff", timeout=SECONDS))
    check(
        "Sessions/SignIn with bytes that are no message",
        "INVALID_ARGUMENT, code 910",
        broken.split(":")[0],
    )


def credentials(password):
    return users_pb2.SignInRequest(name="ada", password=password)


with grpc.insecure_channel(ADDRESS) as open_channel:
    run(open_channel)
sys.exit(1 if failures else 0)
