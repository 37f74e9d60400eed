/**
 * Where security profile 1 may listen. It has no encryption, so a password on it is anybody's who can read the wire: only
 * on addresses that the public network does not route (A00.FR.201 and 206 want a trusted network).
 */
import { type AddressRange, inRanges, readRange } from "@wattward/kernel";

const ranges: readonly AddressRange[] = [
  "127.0.0.0/8",
  "::1",
  // RFC 1918, RFC 4193 and link-local (RFC 3927, RFC 4291).
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "fc00::/7",
  "169.254.0.0/16",
  "fe80::/10",
].flatMap((text) => readRange(text) ?? []);

/** A name is no address, but for `localhost`; every address of the machine (`0.0.0.0`, `::`) is not private. */
export const isPrivateAddress = (host: string): boolean => host === "localhost" || inRanges(host, ranges);

/** Why a listener of security profile 1 does not bind there; undefined where it may. */
export const notPrivate = (host: string, option: string): string | undefined =>
  isPrivateAddress(host)
    ? undefined
    : `security profile 1 sends passwords in the clear and listens on a private address alone (loopback, 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, fc00::/7 or link-local), and '${host}' is none: give one with ${option}`;
