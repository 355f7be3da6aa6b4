// What stands in for WebSockets in a package that was printed without them.

import { communication } from "./error.js";

export class Sockets {
    send() {
        const how = "TypeScriptPackage::web_socket(true) in build.rs puts them in";
        throw communication("unimplemented", `this package has no WebSockets, since no procedure needs them; ${how}`);
    }

    close() {}
}
