// The same remote by `fetch`, by which a page can send no stream.

import { Talk } from "../talk/typescript/index.js";

export const connect = (url) => new Talk(url, { streams: "fetch" });
