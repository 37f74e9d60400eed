/**
 * Who is at the other end of a unix socket, by the operating system: SO_PEERCRED of Linux (unix(7)), through `koffi`.
 *
 *     struct ucred { pid_t pid; uid_t uid; gid_t gid; }      12 bytes, native byte order
 *
 * Node has no door for it, and shows a socket's descriptor only on its handle. Where either is missing nothing is guessed: the
 * caller falls back on the folder that the socket lies in.
 */
import type { Socket } from "node:net";
import { endianness } from "node:os";

const [SOL_SOCKET, SO_PEERCRED, UCRED_BYTES, UID_AT] = [1, 17, 12, 4];

/** The user that the peer's process ran as when it connected; undefined where the socket cannot be asked any more. */
export type UidOf = (socket: Socket) => number | undefined;

/** Undefined where this machine cannot tell: another system than Linux, or no koffi for it. */
export async function peerCredentials(): Promise<UidOf | undefined> {
  if (process.platform !== "linux") return undefined;
  try {
    const { default: koffi } = await import("koffi");
    const getsockopt = koffi
      .load(null)
      .func("int getsockopt(int, int, int, _Out_ void *value, _Inout_ uint32_t *length)");
    return (socket) => {
      const fd = descriptorOf(socket);
      if (fd === undefined) return undefined;
      const bytes = new Uint8Array(UCRED_BYTES);
      const length = [UCRED_BYTES];
      if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, bytes, length) !== 0 || length[0] !== UCRED_BYTES)
        return undefined;
      return new DataView(bytes.buffer).getUint32(UID_AT, endianness() === "LE");
    };
  } catch {
    return undefined; // An optional dependency: npm leaves it out where it has no build for the machine.
  }
}

function descriptorOf(socket: Socket): number | undefined {
  const { _handle: handle } = socket as { _handle?: { fd?: unknown } | null };
  return typeof handle?.fd === "number" && handle.fd >= 0 ? handle.fd : undefined;
}
