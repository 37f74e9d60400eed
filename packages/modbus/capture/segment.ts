/**
 * TCP segments out of captured packets, by IPv4 and IPv6. Fragments are not put together: they are told as not read. A length of 0 is that of a
 * packet which the network card cuts up later (TSO): it goes on to the end of what was captured.
 */
import { plainAddress } from "@wattward/kernel";
import { type NotRead, networkLayer, other, part, SHORT, unread } from "./link-layer.ts";
import type { Packet } from "./pcap.ts";

export type Endpoint = { readonly address: string; readonly port: number };
export type Segment = {
  readonly kind: "segment";
  readonly atMs: number;
  readonly from: Endpoint;
  readonly to: Endpoint;
  /** Of the first byte of `payload`, or of the SYN, 0…2³²-1. */
  readonly sequence: number;
  /** What its sender has received up to; absent where it does not say. */
  readonly acknowledged?: number;
  readonly syn: boolean;
  readonly payload: Uint8Array;
  /** Bytes of the payload that were sent and not captured (`tcpdump -s`). */
  readonly missing: number;
};

const TCP = 6;
const TCP_HEADER_BYTES = 20;
const SYN = 2;
const ACK = 16;
/** IPv6 headers that may stand before TCP: hop by hop, routing, destination options, mobility. */
const EXTENSIONS: ReadonlySet<number> = new Set([0, 43, 60, 135]);
const FRAGMENT = 44;
const AUTHENTICATION = 51;
const EXTENSIONS_MAX = 8;
/** IP in IP, IPv6 in IPv4, GRE, ESP: what they carry may be Modbus. */
const TUNNELS: ReadonlySet<number> = new Set([4, 41, 47, 50]);

/** The segment in a packet, or why there is none. */
export function segmentOf(packet: Packet, linkType: number): Segment | NotRead {
  const network = networkLayer(packet.bytes, linkType);
  if (network.kind !== "ip") return network;
  const carried = transportLayer(network.ip);
  if (carried.kind !== "tcp") return carried;
  const { tcp, source, destination, missing } = carried;
  if (tcp.byteLength < TCP_HEADER_BYTES) return unread(SHORT);
  const dataOffset = (tcp.getUint8(12) >> 4) * 4;
  if (dataOffset < TCP_HEADER_BYTES || dataOffset > tcp.byteLength) return unread(SHORT);
  const flags = tcp.getUint8(13);
  return {
    kind: "segment",
    atMs: packet.atMs,
    from: { address: source, port: tcp.getUint16(0) },
    to: { address: destination, port: tcp.getUint16(2) },
    sequence: tcp.getUint32(4),
    ...((flags & ACK) !== 0 && { acknowledged: tcp.getUint32(8) }),
    syn: (flags & SYN) !== 0,
    payload: new Uint8Array(tcp.buffer, tcp.byteOffset + dataOffset, tcp.byteLength - dataOffset),
    missing,
  };
}

type Carried = {
  readonly kind: "tcp";
  readonly tcp: DataView;
  readonly source: string;
  readonly destination: string;
  readonly missing: number;
};

function transportLayer(ip: DataView): Carried | NotRead {
  if (ip.byteLength < 20) return unread(SHORT);
  const version = ip.getUint8(0) >> 4;
  if (version === 4) return inIpv4(ip);
  return version === 6 ? inIpv6(ip) : other;
}

function inIpv4(ip: DataView): Carried | NotRead {
  const header = (ip.getUint8(0) & 15) * 4;
  const protocol = ip.getUint8(9);
  if (protocol !== TCP) return notTcp(protocol);
  // Ethernet pads short packets: the length that counts is IP's own.
  const total = ip.getUint16(2) || ip.byteLength;
  if (header < 20 || total < header || ip.byteLength < header) return unread(SHORT);
  if ((ip.getUint16(6) & 0x3fff) !== 0) return unread("IP fragment");
  const address = (at: number) => [0, 1, 2, 3].map((i) => ip.getUint8(at + i)).join(".");
  const end = Math.min(total, ip.byteLength);
  const tcp = part(ip, header, end);
  return { kind: "tcp", tcp, source: address(12), destination: address(16), missing: total - end };
}

function inIpv6(ip: DataView): Carried | NotRead {
  if (ip.byteLength < 40) return unread(SHORT);
  let [next, at] = [ip.getUint8(6), 40];
  for (let n = 0; next !== TCP; n++) {
    const known = EXTENSIONS.has(next) || next === FRAGMENT || next === AUTHENTICATION;
    if (!known) return notTcp(next);
    if (n === EXTENSIONS_MAX || at + 8 > ip.byteLength) return unread(SHORT);
    // One that is whole although it says that it is a part (RFC 6946) is read.
    if (next === FRAGMENT && (ip.getUint16(at + 2) & 0xfff9) !== 0) return unread("IP fragment");
    const units = ip.getUint8(at + 1);
    const bytes = next === FRAGMENT ? 8 : next === AUTHENTICATION ? (units + 2) * 4 : (units + 1) * 8;
    [next, at] = [ip.getUint8(at), at + bytes];
  }
  const length = ip.getUint16(4);
  const total = length === 0 ? ip.byteLength : 40 + length;
  const end = Math.min(total, ip.byteLength);
  if (at > end) return unread(SHORT);
  const address = (from: number) =>
    plainAddress(Array.from({ length: 8 }, (_, i) => ip.getUint16(from + 2 * i).toString(16)).join(":"));
  const tcp = part(ip, at, end);
  return { kind: "tcp", tcp, source: address(8), destination: address(24), missing: total - end };
}

const notTcp = (protocol: number): NotRead =>
  TUNNELS.has(protocol) ? unread(`tunnelled (IP protocol ${protocol})`) : other;
