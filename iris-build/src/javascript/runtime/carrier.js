// What the calls of a client have in common on their way.

import { Budget } from "./retry.js";
import { Sockets } from "./sockets.js";

export class Carrier {
    budget = new Budget();

    constructor({ base }) {
        this.sockets = new Sockets(base);
    }

    /** Lets go of what calls have left. */
    close() {
        this.sockets.close();
    }
}
