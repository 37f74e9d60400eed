/**
 * The yardstick of the Modbus guard: the least that a process between a master and a device can do. Bytes go through as they come.
 *
 *     node bench/yardstick/tcp-relay.ts DEVICE-PORT    prints the port it listens on
 */
import { connect, createServer } from "node:net";

const device = Number(process.argv[2]);
const server = createServer((master) => {
  const onward = connect(device, "127.0.0.1");
  for (const [from, to] of [
    [master, onward],
    [onward, master],
  ] as const) {
    from.setNoDelay(true);
    from.on("data", (bytes) => void to.write(bytes));
    from.on("error", () => to.destroy());
    from.on("close", () => to.destroy());
  }
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (typeof address === "object" && address !== null) process.stdout.write(`${address.port}\n`);
});
