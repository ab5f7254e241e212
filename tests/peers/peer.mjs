// Talks to an echo: node peer.mjs URL KIND. KIND is "builtin" or where the ws package lies.
const [url, kind] = process.argv.slice(2);
const Socket = kind === "builtin" ? globalThis.WebSocket : (await import(kind)).WebSocket;
const ws = new Socket(url, ["chat.v2", "chat.v1"].slice(2));
let heard = 0;
ws.addEventListener("open", () => {
  ws.send("Grüße €");
  ws.send(new Uint8Array(300).fill(7));
});
ws.addEventListener("message", () => {
  heard += 1;
  if (heard === 2) ws.close(1000, "done");
});
ws.addEventListener("close", (event) => {
  console.log(`closed ${event.code}`);
  process.exit(event.code === 1000 && heard === 2 ? 0 : 1);
});
