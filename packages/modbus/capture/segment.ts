/** TCP segments out of captured packets: Ethernet (with VLAN tags), Linux cooked or raw IP; IPv4 and IPv6, no fragments. */
import type { Packet } from "./pcap.ts";

export type Endpoint = { readonly address: string; readonly port: number };
export type Segment = {
  readonly atMs: number;
  readonly from: Endpoint;
  readonly to: Endpoint;
  /** Of the first byte of `payload`, 0…2³²-1. */
  readonly sequence: number;
  readonly syn: boolean;
  readonly payload: Uint8Array;
};

const ETHERNET = 1;
const RAW = 101;
const COOKED = 113;
const IPV4 = 0x0800;
const IPV6 = 0x86dd;
const VLANS = new Set([0x8100, 0x88a8]);
const TCP = 6;

/** The segment in a packet; undefined for everything else that is on a wire. */
export function segmentOf(packet: Packet, linkType: number): Segment | undefined {
  const ip = networkLayer(packet.bytes, linkType);
  const carried = ip === undefined ? undefined : transportLayer(ip);
  if (carried === undefined) return undefined;
  const { tcp, source, destination } = carried;
  if (tcp.byteLength < 20) return undefined;
  const dataOffset = (tcp.getUint8(12) >> 4) * 4;
  if (dataOffset < 20 || dataOffset > tcp.byteLength) return undefined;
  return {
    atMs: packet.atMs,
    from: { address: source, port: tcp.getUint16(0) },
    to: { address: destination, port: tcp.getUint16(2) },
    sequence: tcp.getUint32(4),
    syn: (tcp.getUint8(13) & 2) !== 0,
    payload: new Uint8Array(tcp.buffer, tcp.byteOffset + dataOffset, tcp.byteLength - dataOffset),
  };
}

const part = (view: DataView, from: number, to = view.byteLength) =>
  new DataView(view.buffer, view.byteOffset + from, to - from);

function networkLayer(bytes: Uint8Array, linkType: number): DataView | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (linkType === RAW) return view;
  let at = linkType === ETHERNET ? 12 : linkType === COOKED ? 14 : undefined;
  while (at !== undefined && at + 2 <= view.byteLength) {
    const type = view.getUint16(at);
    if (type === IPV4 || type === IPV6) return part(view, at + 2);
    at = VLANS.has(type) ? at + 4 : undefined;
  }
  return undefined;
}

type Carried = { readonly tcp: DataView; readonly source: string; readonly destination: string };

function transportLayer(ip: DataView): Carried | undefined {
  if (ip.byteLength < 20) return undefined;
  const version = ip.getUint8(0) >> 4;
  if (version === 4) return inIpv4(ip);
  return version === 6 ? inIpv6(ip) : undefined;
}

function inIpv4(ip: DataView): Carried | undefined {
  const header = (ip.getUint8(0) & 15) * 4;
  // Ethernet pads short packets: the length that counts is IP's own.
  const total = Math.min(ip.getUint16(2), ip.byteLength);
  const fragment = (ip.getUint16(6) & 0x3fff) !== 0;
  if (ip.getUint8(9) !== TCP || header < 20 || total < header || fragment) return undefined;
  const address = (at: number) => [0, 1, 2, 3].map((i) => ip.getUint8(at + i)).join(".");
  return { tcp: part(ip, header, total), source: address(12), destination: address(16) };
}

function inIpv6(ip: DataView): Carried | undefined {
  if (ip.byteLength < 40 || ip.getUint8(6) !== TCP) return undefined;
  const end = Math.min(40 + ip.getUint16(4), ip.byteLength);
  const address = (at: number) =>
    Array.from({ length: 8 }, (_, i) => ip.getUint16(at + 2 * i).toString(16)).join(":");
  return { tcp: part(ip, 40, end), source: address(8), destination: address(24) };
}
