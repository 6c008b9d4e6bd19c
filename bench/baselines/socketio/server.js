// socket.io as it comes, by WebSocket alone. Ordered about like bench.launch_ours.
"use strict";

const { createServer } = require("node:http");
const { createInterface } = require("node:readline");
const { Server } = require("socket.io");

const data = { padding: "x".repeat(900) }; // about 1 KB with what stands around it
const body = (seq) => ({ stream: "overlay.1", seq, data });
let head = 0;

const http = createServer();
const io = new Server(http, { transports: ["websocket"], serveClient: false });
io.on("connection", (socket) => socket.emit("snapshot", body(head)));

// The clock that Python calls time.monotonic.
const now = () => Number(process.hrtime.bigint()) / 1e9;

async function publish(count) {
  const at = now();
  for (let left = count; left > 0; left -= 1) {
    io.emit("graphic_update", body((head += 1)));
    await new Promise(setImmediate);
  }
  console.log(JSON.stringify({ seq: head, at }));
}

let orders = Promise.resolve();
createInterface({ input: process.stdin })
  .on("line", (line) => {
    orders = orders.then(() => publish(Number(line.split(" ")[2])));
  })
  .on("close", () => process.exit(0));

http.listen({ port: 0, host: "127.0.0.1", backlog: 2048 }, () => {
  console.log(`Serving on http://127.0.0.1:${http.address().port}`);
});
