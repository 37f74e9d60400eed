/**
 * Child processes: the same Node, the same flags, and a channel that closes with either end. To the child it is Node's own between processes
 * (`process.send`, one JSON object a line at the file that NODE_CHANNEL_FD names); here it is lines that are read strictly, because Node's
 * reader throws in the parent at whatever is no JSON, or looks like a word of its own: a child that is broken into would end us all.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { socketLink } from "@wattward/modbus/tcp";
import { lineLink } from "../energy-link/line-link.ts";
import type { Process } from "../supervisor/child.ts";
import { type ChildMessage, parseChildMessage } from "../supervisor/protocol.ts";
import type { User } from "./local-controller.ts";

/** The first after stdin, stdout, stderr. */
const CHANNEL_FD = 3;

export function spawnChild(
  entry: URL,
  args: readonly string[],
  heard: (message: ChildMessage) => void,
  user?: User,
): Process {
  let child: ChildProcess;
  try {
    child = spawn(process.execPath, [...process.execArgv, fileURLToPath(entry), ...args], {
      stdio: ["ignore", "inherit", "inherit", "pipe"],
      env: { ...process.env, NODE_CHANNEL_FD: String(CHANNEL_FD) },
      ...user,
    });
  } catch (error) {
    // No memory for a process, for one: no reason for the others to end.
    return neverBorn(error instanceof Error ? error.message : String(error));
  }
  const exited = new Promise<string>((resolve) => {
    child.on("exit", (code, signal) => resolve(signal ?? `exit ${code}`));
    child.on("error", (error) => resolve(error.message));
  });
  const channel = child.stdio?.[CHANNEL_FD];
  // There is none where no process could be made: that is told by `error`.
  const lines = channel instanceof Socket ? lineLink(socketLink(channel, { address: "child" })) : undefined;
  lines?.listen({
    line(text) {
      const message = parsed(text);
      if (message !== undefined) heard(message);
    },
    closed: () => {},
  });
  return {
    pid: child.pid ?? 0,
    // A child that is on its way out, or reads nothing: what it would have been told is no loss that matters.
    tell: (message) => lines?.send(JSON.stringify(message)),
    kill: (signal) => void child.kill(signal),
    exited,
  };
}

function parsed(line: string): ChildMessage | undefined {
  try {
    return parseChildMessage(JSON.parse(line));
  } catch {
    return undefined; // Not JSON: no message, and so no sign of life.
  }
}

const neverBorn = (how: string): Process => ({
  pid: 0,
  tell: () => {},
  kill: () => {},
  exited: Promise.resolve(how),
});
