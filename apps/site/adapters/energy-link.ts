/** `state/energy.sock`: the unix socket between local controller and energy controller. */
import { chmod, mkdir, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { ok, type Result } from "@wattward/kernel";
import type { LinkFault } from "@wattward/modbus";
import { dialer, listen } from "@wattward/modbus/tcp";
import { type LineLink, lineLink } from "../energy-link/line-link.ts";
import { peerCredentials } from "./peer-credentials.ts";

export const ENERGY_SOCKET = "state/energy.sock";

/** Connects to it, to be called as often as is needed. */
export function dialLines(path: string): () => Promise<Result<LineLink, LinkFault>> {
  const dial = dialer({ to: { path } });
  return async () => {
    const dialled = await dial();
    return dialled.ok ? ok(lineLink(dialled.value)) : dialled;
  };
}

/**
 * Opens it. Whoever reaches its folder may speak, so the folder has to be ours alone; a socket that a dead predecessor left is removed
 * (the caller holds the process's lock). Where the energy controller runs as a user of its own, `energyUid`, any may connect, and that
 * user alone is heard, by the operating system's word. Rejects where the folder is open to others, or the path cannot be had.
 */
export async function listenLines(
  path: string,
  accept: (link: LineLink) => void,
  energyUid?: number,
): Promise<{ close(): Promise<void> }> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { mode } = await stat(folder);
  if (process.platform !== "win32" && (mode & 0o022) !== 0)
    throw new Error(
      `${folder} can be written by others: anybody could stand in for the energy controller. Run: chmod 700 ${folder}`,
    );
  await rm(path, { force: true });
  if (energyUid === undefined) {
    const own = await listen({ at: { path }, accept: (bytes) => accept(lineLink(bytes)) });
    // Whatever the umask: the folder may let others through to what is theirs in it.
    await chmod(path, 0o600);
    return own;
  }
  const uidOf = await peerCredentials();
  if (uidOf === undefined)
    throw new Error("this machine cannot tell who connects to a socket: run the site without --energy-user");
  const listener = await listen({
    ...{ at: { path }, uidOf },
    accept(bytes) {
      if (bytes.peer.uid === energyUid) accept(lineLink(bytes));
      else {
        bytes.listen({ bytes: () => {}, closed: () => {} });
        bytes.destroy();
      }
    },
  });
  // Another user must be able to come so far as to be asked.
  await chmod(path, 0o666);
  return listener;
}
