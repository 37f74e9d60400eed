/**
 * A device that answers as fast as one can: every read of holding registers with zeros, whatever the unit.
 *
 *     node bench/load/modbus-device.ts    prints the port it listens on
 */
import { createServer } from "node:net";

const REQUEST_BYTES = 12;
const server = createServer((socket) => {
  socket.setNoDelay(true);
  socket.on("error", () => socket.destroy());
  let waiting = Buffer.alloc(0);
  socket.on("data", (bytes) => {
    waiting = waiting.length === 0 ? bytes : Buffer.concat([waiting, bytes]);
    const answers: Buffer[] = [];
    for (; waiting.length >= REQUEST_BYTES; waiting = waiting.subarray(REQUEST_BYTES)) {
      const registers = waiting.readUInt16BE(10);
      const answer = Buffer.alloc(9 + 2 * registers);
      waiting.copy(answer, 0, 0, 8);
      answer.writeUInt16BE(3 + 2 * registers, 4);
      answer[8] = 2 * registers;
      answers.push(answer);
    }
    socket.write(answers.length === 1 ? answers[0]! : Buffer.concat(answers));
  });
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (typeof address === "object" && address !== null) process.stdout.write(`${address.port}\n`);
});
