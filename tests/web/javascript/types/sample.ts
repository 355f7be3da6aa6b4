// What users write: it compiles, with all that TypeScript can be strict about.

import {
    ErrorCode,
    IrisClient,
    IrisError,
    Remotes,
    Shapes,
    type IrisCallOptions,
    type IrisClientOptions,
    type IrisFailure,
    type IrisStatus,
    type Number,
    type NumberInit,
    type Text,
    type TextInit,
} from "calls";
import {
    Level,
    Object as Shape,
    Request,
    Role,
    type Choices,
    type ChoicesInit,
    type Far,
    type Keys,
    type KeysInit,
    type Lists,
    type MapV1,
    type Named,
    type OldV1,
    type OldV1Init,
    type Optionals,
    type Scalars,
    type ScalarsInit,
    type Tree,
    type WellKnown,
    Remotes as Everything,
} from "everything";

const options: IrisClientOptions = {
    deadline: 5000,
    credentials: "include",
    headers: { "x-tenant": "north" },
    streams: "websocket",
    maxMessageSize: 1 << 20,
};
const client = new IrisClient(new URL("https://api.example.com"), options);
const remotes = new Remotes(client);
const alone = new Shapes("https://api.example.com");
const everything = new Everything("/api", { headers: new Map([["x-tenant", "north"]]), streams: "auto" });

export async function calls(signal: AbortSignal): Promise<bigint> {
    const call: IrisCallOptions = { signal, deadline: 2000, headers: [["x-tenant", "north"]] };
    const text: Text = await remotes.shapes.echo({ text: "a" }, call);
    const init: TextInit = text;
    const nothing: void = await remotes.shapes.swallow(init);
    const fetched: Text = await alone.fetch(call);
    for await (const { number } of remotes.shapes.count({ from: 1, to: 5 })) {
        const exact: bigint = number;
        void exact;
    }
    const stream = remotes.shapes.count({}, call);
    const first = await stream.next();
    if (!first.done) await stream.return?.();
    const sum: Number = await remotes.shapes.sum([{ number: 1 }, { number: 2n }]);
    async function* texts(): AsyncGenerator<TextInit> {
        yield { text: fetched.text };
    }
    for await (const answer of remotes.shapes.chat(texts())) answer.text.length satisfies number;
    const numbers: Iterable<NumberInit> = new Set([{ number: 1 }]);
    await remotes.shapes.sum(numbers);
    return [nothing, sum.number][1] ?? 0n;
}

export async function errors(): Promise<string> {
    const stop = remotes.onError(({ path, error }: IrisFailure) => console.error(path, error.code));
    try {
        await remotes.failures.fail({});
    } catch (error) {
        if (!(error instanceof IrisError)) throw error;
        const status: IrisStatus = error.status;
        const id: string | undefined = error.requestId;
        switch (error.code) {
            case ErrorCode.Zero:
            case ErrorCode.IrisCommunicationError:
                return `${status} ${id} ${error.internalMessage} ${error.message}`;
            default: {
                // A newer server may have others.
                const number: number = error.code;
                return `${number}`;
            }
        }
    } finally {
        stop();
        remotes.close();
        client.close();
    }
    throw new IrisError(ErrorCode.Zero, "why", { status: "unauthenticated", requestId: "r", cause: new Error() });
}

export function scalars(): ScalarsInit {
    return {
        aDouble: 1.5,
        aFloat: 1.5,
        anInt32: -1,
        anInt64: -1n,
        aUint32: 1,
        aUint64: 1,
        aBool: true,
        aString: "",
        someBytes: new Uint8Array(3),
        level: Level.High,
    };
}

export function received(scalars: Scalars, optionals: Optionals, lists: Lists, keys: Keys, far: Far): void {
    scalars.anInt64 satisfies bigint;
    scalars.aFixed64 satisfies bigint;
    scalars.someBytes satisfies Uint8Array;
    scalars.level satisfies Level;
    // Enums are open.
    const unknown: Level = 17;
    const name = scalars.level === Level.Negative ? "below" : unknown;
    void name;
    optionals.aBool satisfies boolean | undefined;
    optionals.scalars?.aString satisfies string | undefined;
    lists.int64s satisfies bigint[];
    lists.scalars satisfies Scalars[];
    lists.manyBytes satisfies Uint8Array[];
    keys.bySint64 satisfies Map<bigint, string>;
    keys.bySfixed64.get(1n) satisfies Role | undefined;
    far.farther satisfies string;
}

export function chosen({ choice, another }: Choices): ChoicesInit {
    switch (choice?.case) {
        case undefined:
            break;
        case "aNumber":
            choice.value satisfies bigint;
            break;
        case "someBytes":
            choice.value satisfies Uint8Array;
            break;
        case "again":
            return choice.value;
        default:
            void choice?.value;
    }
    if (another?.case === "yes") another.value satisfies boolean;
    return { choice: { case: "aNumber", value: 5 }, another: { case: "no", value: false } };
}

export async function echoed(named: Named, tree: Tree, wellKnown: WellKnown, old: OldV1, map: MapV1): Promise<void> {
    // What was received may be sent.
    const back: [Named, Tree, WellKnown, OldV1, MapV1] = [
        await everything.echo.named(named),
        await everything.echo.tree(tree),
        await everything.echo.wellKnown(wellKnown),
        await everything.echo.webOld(old),
        await everything.echo.map({ ...map, object: Shape.Round, request: Request.Urgent, role: Role.Admin }),
    ];
    back[0].constructor_ satisfies string;
    back[0]["with-dash"] satisfies string;
    wellKnown.timestamp?.seconds satisfies bigint | undefined;
    old.inner.needed satisfies number;
    const keys: KeysInit = { bySint64: new Map([[-5n, "a"]]), bySfixed32: undefined };
    const required: OldV1Init = { sizes: new Map([["a", 1]]), many: [{ inside: 3 }], choice: undefined };
    await everything.echo.keys(keys);
    await everything.echo.webOld(required);
    // Objects that lie about for longer, and lists that nobody may change.
    const list: readonly Readonly<ScalarsInit>[] = [scalars()];
    await everything.echo.lists({ scalars: list, int64s: [1n, 2] as const });
}
