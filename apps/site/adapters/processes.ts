/** Child processes on Node's `fork`: the same Node, the same flags, a channel that closes with either end. */
import { type ChildProcess, fork } from "node:child_process";
import type { Process } from "../supervisor/child.ts";
import { type ChildMessage, parseChildMessage } from "../supervisor/protocol.ts";
import type { User } from "./local-controller.ts";

export function spawnChild(
  entry: URL,
  args: readonly string[],
  heard: (message: ChildMessage) => void,
  user?: User,
): Process {
  const child: ChildProcess = fork(entry, [...args], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    ...user,
  });
  child.on("message", (value) => {
    const message = parseChildMessage(value);
    if (message !== undefined) heard(message);
  });
  const exited = new Promise<string>((resolve) => {
    child.on("exit", (code, signal) => resolve(signal ?? `exit ${code}`));
    child.on("error", (error) => resolve(error.message));
  });
  return {
    pid: child.pid ?? 0,
    tell(message) {
      // A child that is on its way out, or reads nothing: what it would have been told is no loss that matters.
      if (child.connected) child.send(message, () => {});
    },
    kill: (signal) => void child.kill(signal),
    exited,
  };
}
