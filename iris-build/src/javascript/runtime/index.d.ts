/** Calls one server: what all remotes share. */
export class IrisClient {
    /**
     * Calls the server at this URL: `https://api.example.com/prefix`. In a page it may be relative to the page's own.
     * Nothing is connected yet.
     *
     * @throws IrisError 900 with the status `invalid_argument` where the URL or an option cannot be used.
     */
    constructor(url: string | URL, options?: IrisClientOptions);
    /**
     * Tells of each call that fails from now on, until what it gives is called. A call that its caller aborted or left
     * has not failed.
     */
    onError(listener: (failure: IrisFailure) => void): () => void;
    /**
     * Closes the WebSocket, where there is one, once the calls on it are done: a program in Node.js does not end before.
     * Later calls open another.
     */
    close(): void;
}

/** What holds for all calls of a client. */
export interface IrisClientOptions {
    /** The most time a call may take that has no deadline of its own, in milliseconds. There is none by default. */
    deadline?: number | undefined;
    /** Whether cookies go along: to the page's own origin alone unless told. */
    credentials?: "omit" | "same-origin" | "include" | undefined;
    /** Sent with every call. */
    headers?: Record<string, string> | Iterable<readonly [string, string]> | undefined;
    /**
     * Which way calls go: `fetch` or `websocket` for all of them. `auto`, the default, takes a WebSocket for those that
     * send a stream, where there is one, and `fetch` for all others.
     */
    streams?: "auto" | "fetch" | "websocket" | undefined;
    /** The most bytes a received message may have; a call that answers more fails with 913. 4 MiB unless told. */
    maxMessageSize?: number | undefined;
}

/** What one call has of its own. */
export interface IrisCallOptions {
    /** Aborts the call, which then fails with 900 and the status `canceled`. */
    signal?: AbortSignal | undefined;
    /** The most time the call may take to its very end, in milliseconds; the server is told. */
    deadline?: number | undefined;
    /** Sent with the call, in place of the client's own of the same names. Values are printable ASCII. */
    headers?: Record<string, string> | Iterable<readonly [string, string]> | undefined;
}

/** A call that failed. */
export interface IrisFailure {
    /** The procedure's path: `/users.v1.Users/Create`. */
    readonly path: string;
    readonly error: IrisError;
}

/** A failed call. Every call fails with one of these and with nothing else. */
export class IrisError extends Error {
    /** For tests that stand in for a server. The status is that of Iris's own codes, or `failed_precondition`. */
    constructor(
        code: number,
        internalMessage: string,
        options?: { status?: IrisStatus | undefined; requestId?: string | undefined; cause?: unknown },
    );
    readonly name: "IrisError";
    /** What went wrong, for programs. */
    readonly code: ErrorCode;
    /** The same for developers and logs, never for end users. */
    readonly internalMessage: string;
    /** What generic clients and proxies understand of it. */
    readonly status: IrisStatus;
    /** Finds the call in the server's log, where the server kept the cause to itself. */
    readonly requestId: string | undefined;
}

/** The canonical statuses of gRPC and Connect. */
export type IrisStatus =
    | "canceled"
    | "unknown"
    | "invalid_argument"
    | "deadline_exceeded"
    | "not_found"
    | "already_exists"
    | "permission_denied"
    | "resource_exhausted"
    | "failed_precondition"
    | "aborted"
    | "out_of_range"
    | "unimplemented"
    | "internal"
    | "unavailable"
    | "data_loss"
    | "unauthenticated";
