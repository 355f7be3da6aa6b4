// The remote, by connect-es and what protoc-gen-es made of its `.proto` file. In the binary format, as Iris's packages.

import { createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-web";
import { Feed } from "feed";

export const connect = (url) => createClient(Feed, createConnectTransport({ baseUrl: url, useBinaryFormat: true }));
