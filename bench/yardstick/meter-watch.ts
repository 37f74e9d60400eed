/**
 * The yardstick of a site's reaction: the least that stands between a meter and whoever acts on it. One register read over and over over
 * one connection; each time it has risen, the instant of that is a line on standard output. No SunSpec, no guard, no decision, no station.
 *
 *     node bench/yardstick/meter-watch.ts PORT REGISTER EVERY-MS RISE-A    the register: the first of a float32, amperes
 */
import { connect } from "node:net";

const [port = 0, register = 0, everyMs = 0, riseA = 0] = process.argv.slice(2).map(Number);
const REPLY_VALUE_AT = 9;
/** MBAP (transaction 1, protocol 0, 6 bytes follow, unit 1), function 3, two registers. */
const request = Buffer.from([0, 1, 0, 0, 0, 6, 1, 3, register >> 8, register & 0xff, 0, 2]);

let before: number | undefined;
const socket = connect(port, "127.0.0.1", () => setInterval(() => socket.write(request), everyMs));
socket.setNoDelay(true);
socket.on("data", (reply) => {
  const a = reply.readFloatBE(REPLY_VALUE_AT);
  if (before !== undefined && a - before >= riseA)
    process.stdout.write(`${performance.timeOrigin + performance.now()}\n`);
  before = a;
});
