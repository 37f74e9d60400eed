/** A master that is neither ours nor written for Node: `mbpoll` (libmodbus), as often as it can, beside whoever else asks. */
import { spawn } from "node:child_process";
import { once } from "node:events";

/** The shortest that it takes. */
const EVERY_MS = 11;
const STATISTICS = /(\d+) frames transmitted, (\d+) received, (\d+) errors/;

export type Polled = { readonly asked: number; readonly answered: number; readonly errors: number };

/** Polls unit 1 until `stop`, which tells what came of it; undefined where it is not installed. */
export async function mbpoll(port: number) {
  const what = ["-m", "tcp", "-p", String(port), "-0", "-a", "1", "-r", "0", "-c", "20", "-t", "4"];
  const child = spawn("mbpoll", [...what, "-l", String(EVERY_MS), "127.0.0.1"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const started = await Promise.race([
    once(child, "spawn").then(() => true),
    once(child, "error").then(() => false),
  ]);
  if (!started) return undefined;
  // Its last words alone matter, and it says every register of every answer.
  let tail = "";
  child.stdout.on("data", (chunk) => (tail = (tail + String(chunk)).slice(-1_000)));
  return {
    async stop(): Promise<Polled> {
      child.kill("SIGINT");
      if (child.exitCode === null) await once(child, "close");
      const said = STATISTICS.exec(tail);
      if (said === null) throw new Error(`mbpoll ended without its statistics: ${tail.trim()}`);
      return { asked: Number(said[1]), answered: Number(said[2]), errors: Number(said[3]) };
    },
  };
}
