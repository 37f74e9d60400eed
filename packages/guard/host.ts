/** Where a device is, as people write it: an IP address, or a name. */
import { isHost, plainAddress, readAddress } from "@wattward/kernel";

/** One spelling for each; a zone stays, for it is part of where a device is. */
export const plainHost = (host: string): string =>
  host.includes("%") ? host.toLowerCase() : plainAddress(host.toLowerCase().replace(/\.$/, ""));

/** What is wrong with it, to follow its path; undefined where it may be a host. */
export function hostFault(host: string): string | undefined {
  const address = readAddress(host);
  if (address !== undefined) return isOneHost(address) ? undefined : "is an address that no device has";
  if (isHost(host)) return undefined;
  const port = host.includes(":") || host.startsWith("[");
  return `is no IP address and no name of a host${port ? ": the port is given by `port`, IPv6 without brackets" : ""}`;
}

/** Not the unspecified address, not one of many (multicast, broadcast). */
export function isOneHost(address: Uint8Array): boolean {
  const [first = 0] = address;
  if (address.every((byte) => byte === 0)) return false;
  return address.length === 4 ? first !== 0 && first < 224 : first !== 0xff;
}
