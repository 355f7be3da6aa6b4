// A page with one remote: a call, and a stream of messages. It is bundled to be weighed.

import { connect } from "client";

const feed = connect("https://api.example.com");
const { text } = await feed.echo({ text: "hello" });
document.title = text;
for await (const message of feed.download({ messages: 10, bytes: 64 })) {
    document.body.append(message.text);
}
