/** PROXY headers of version 2 as a proxy sends them, and with every field of one's own for those that none should send. */
import { readAddress } from "@wattward/kernel";

export type ProxyHeaderFields = {
  readonly from?: string;
  /** 2 and PROXY, unless told otherwise. */
  readonly versionAndCommand?: number;
  /** That of the address, unless told otherwise. */
  readonly family?: number;
  readonly tlvs?: Buffer;
  /** What the header says of its length, where that is a lie. */
  readonly length?: number;
};

export const PROXY_SIGNATURE = Buffer.from("0d0a0d0a000d0a515549540a", "hex");

/** From that address and port 4242 to the same address and port 443. */
export function proxyHeader(fields: ProxyHeaderFields = {}): Buffer {
  const address = Buffer.from(readAddress(fields.from ?? "203.0.113.7") ?? []);
  const ports = Buffer.from([0x10, 0x92, 0x01, 0xbb]);
  const rest = Buffer.concat([address, address, ports, fields.tlvs ?? Buffer.alloc(0)]);
  const head = Buffer.alloc(4);
  head[0] = fields.versionAndCommand ?? 0x21;
  head[1] = fields.family ?? (address.length === 4 ? 0x11 : 0x21);
  head.writeUInt16BE(fields.length ?? rest.length, 2);
  return Buffer.concat([PROXY_SIGNATURE, head, rest]);
}

/** A type-length-value of so many bytes of value. */
export function tlv(type: number, bytes: number): Buffer {
  const value = Buffer.alloc(3 + bytes, type);
  value.writeUInt16BE(bytes, 1);
  return value;
}
