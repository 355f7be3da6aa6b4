// The remote, by a package of Iris's. Whichever flavour `feed` stands for has the same surface.

import { Feed } from "feed";

export const connect = (url) => new Feed(url);
