/**
 * Where IP begins in a captured packet, by the capture's link type (tcpdump.org/linktypes.html), behind VLAN tags and PPPoE. What could
 * carry IP and is not read says so; what never does (ARP, LLDP) is nothing to read.
 */
export type NotRead =
  /** Understood, and no TCP. */
  | { readonly kind: "other" }
  /** Not understood: there may be Modbus in it. `why` is one of few. */
  | { readonly kind: "unread"; readonly why: string };
export type Ip = { readonly kind: "ip"; readonly ip: DataView };

export const other: NotRead = { kind: "other" };
export const unread = (why: string): NotRead => ({ kind: "unread", why });

const IPV4 = 0x0800;
const IPV6 = 0x86dd;
const PPPOE = 0x8864;
const VLANS: ReadonlySet<number> = new Set([0x8100, 0x88a8, 0x9100, 0x9200]);
/** MPLS, MACsec, provider backbone bridges: what they carry may be IP. */
const TUNNELS: ReadonlySet<number> = new Set([0x8847, 0x8848, 0x88e5, 0x88e7]);
const PPP_IPV4 = 0x0021;
const PPP_IPV6 = 0x0057;
/** AF_INET is 2 everywhere; AF_INET6 is 24, 28 or 30 where captures of loopback are made. */
const FAMILIES: ReadonlySet<number> = new Set([2, 24, 28, 30]);

type Link = (view: DataView) => Ip | NotRead;
/** A type of the Ethernet kind at `type`, and what it names at `from`. */
const typed =
  (type: number, from: number): Link =>
  (view) =>
    view.byteLength < from ? unread(SHORT) : carriedBy(view, view.getUint16(type), from);
const raw: Link = (view) => ({ kind: "ip", ip: view });
const family =
  (bigAlone: boolean): Link =>
  (view) => {
    if (view.byteLength < 4) return unread(SHORT);
    const known = FAMILIES.has(view.getUint32(0)) || (!bigAlone && FAMILIES.has(view.getUint32(0, true)));
    return known ? { kind: "ip", ip: part(view, 4) } : other;
  };

/** Why a packet with half a header is not read. */
export const SHORT = "cut short or broken headers";

const links: ReadonlyMap<number, Link> = new Map([
  [0, family(false)],
  [1, typed(12, 14)],
  [12, raw],
  [14, raw],
  [101, raw],
  [108, family(true)],
  [113, typed(14, 16)],
  [228, raw],
  [229, raw],
  [276, typed(0, 20)],
]);

export function networkLayer(bytes: Uint8Array, linkType: number): Ip | NotRead {
  const link = links.get(linkType);
  if (link === undefined) return unread(`link type ${linkType}`);
  return link(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
}

function carriedBy(view: DataView, first: number, from: number): Ip | NotRead {
  let [type, at] = [first, from];
  while (VLANS.has(type)) {
    if (at + 4 > view.byteLength) return unread(SHORT);
    [type, at] = [view.getUint16(at + 2), at + 4];
  }
  if (type === IPV4 || type === IPV6) return { kind: "ip", ip: part(view, at) };
  if (type === PPPOE) {
    if (at + 8 > view.byteLength) return unread(SHORT);
    const protocol = view.getUint16(at + 6);
    return protocol === PPP_IPV4 || protocol === PPP_IPV6 ? { kind: "ip", ip: part(view, at + 8) } : other;
  }
  return TUNNELS.has(type) ? unread(`tunnelled (ether type 0x${type.toString(16)})`) : other;
}

export const part = (view: DataView, from: number, to = view.byteLength) =>
  new DataView(view.buffer, view.byteOffset + from, to - from);
