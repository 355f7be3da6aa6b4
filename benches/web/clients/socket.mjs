// A remote with a stream of requests, all of whose calls go over a WebSocket.

import { Talk } from "../talk/typescript/index.js";

export const connect = (url) => new Talk(url, { streams: "websocket" });
