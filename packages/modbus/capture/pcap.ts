/**
 * Packet captures in the classic pcap format (draft-ietf-opsawg-pcap): what a tap or `tcpdump -w` leaves. Read piece by piece: a day of a
 * site's traffic is larger than memory.
 *
 *     file    magic:4 version:4 zone:4 accuracy:4 snapshot:4 link:4        a1b2c3d4 microseconds, a1b23c4d nanoseconds,
 *     packet  seconds:4 fraction:4 captured:4 length:4 bytes:captured      in either byte order
 *     link    fcs:4 bits, in 16-bit words, where the bit 0x04000000 is set; type: the low 16 bits
 *
 * A capture may end in the middle of a packet (the disk was full, the tap was pulled): what was whole is read.
 */
import { type Fault, failed, ok, type Result } from "@wattward/kernel";

const PACKET_BYTES_MAX = 256 * 1024;
const FILE_HEADER_BYTES = 24;
const PACKET_HEADER_BYTES = 16;
const FCS_IS_TOLD = 0x0400_0000;

export type Packet = {
  /** Since 1970 UTC, by the clock of whoever captured. */
  readonly atMs: number;
  /** From the link layer on, as far as it was captured; a frame check sequence is not in it. */
  readonly bytes: Uint8Array;
  /** More was on the wire than was captured (`tcpdump -s`). */
  readonly cut: boolean;
};
export type Capture = {
  /** Link type (`LINKTYPE_…`): 1 Ethernet, 101 raw IP, 113 Linux cooked. */
  readonly linkType: number;
  readonly packets: readonly Packet[];
  /** It ends in the middle of a packet. */
  readonly cut: boolean;
};
export type NoPcap = Fault<"no-pcap">;

const magics = new Map([
  [0xa1b2c3d4, 1_000],
  [0xa1b23c4d, 1_000_000],
]);

type Header = {
  readonly little: boolean;
  /** Fractions of a second in a millisecond. */
  readonly perMs: number;
  readonly linkType: number;
  readonly fcsBytes: number;
};

/** A whole capture in memory. */
export function readPcap(file: Uint8Array): Result<Capture, NoPcap> {
  const reader = new PcapReader();
  const packets = reader.push(file);
  const fault = reader.fault ?? reader.end();
  if (fault !== undefined) return failed(fault);
  return ok({ linkType: reader.linkType ?? 0, packets, cut: reader.pendingBytes > 0 });
}

/** A capture that comes in pieces; it holds on to at most one packet. */
export class PcapReader {
  /** Why it is not read on; what came before it was read. */
  fault: NoPcap | undefined;
  private header: Header | undefined;
  private waiting: Uint8Array = new Uint8Array(0);
  private at = 0;

  /** Known from the header on. */
  get linkType(): number | undefined {
    return this.header?.linkType;
  }
  /** Of a packet that has begun. */
  get pendingBytes(): number {
    return this.waiting.length;
  }

  /** The packets that are whole now; they look into `piece`, which is not to be used again. */
  push(piece: Uint8Array): Packet[] {
    if (this.fault !== undefined) return [];
    const bytes = joined(this.waiting, piece);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = 0;
    if (this.header === undefined) {
      if (bytes.length < FILE_HEADER_BYTES) {
        this.waiting = bytes;
        return [];
      }
      this.header = headerOf(view);
      if (this.header === undefined) {
        this.fault = noPcap(
          "it does not begin as a pcap file does (pcapng is not read: editcap -F pcap IN OUT)",
        );
        return [];
      }
      at = FILE_HEADER_BYTES;
    }
    const packets: Packet[] = [];
    while (at + PACKET_HEADER_BYTES <= bytes.length) {
      const captured = view.getUint32(at + 8, this.header.little);
      if (captured > PACKET_BYTES_MAX) {
        this.fault = noPcap(`a packet of ${captured} bytes at ${this.at + at}`);
        break;
      }
      const end = at + PACKET_HEADER_BYTES + captured;
      if (end > bytes.length) break;
      packets.push(packetOf(view, at, bytes.subarray(at + PACKET_HEADER_BYTES, end), this.header));
      at = end;
    }
    this.at += at;
    this.waiting = bytes.slice(at);
    return packets;
  }

  /** What is wrong with all of it, now that it is over. */
  end(): NoPcap | undefined {
    if (this.fault === undefined && this.header === undefined)
      this.fault = noPcap("it is shorter than the header of a capture");
    return this.fault;
  }
}

function headerOf(view: DataView): Header | undefined {
  const little = magics.has(view.getUint32(0, true));
  const perMs = magics.get(view.getUint32(0, little));
  if (perMs === undefined) return undefined;
  const link = view.getUint32(20, little);
  const fcsBytes = (link & FCS_IS_TOLD) === 0 ? 0 : 2 * (link >>> 28);
  return { little, perMs, linkType: link & 0xffff, fcsBytes };
}

function packetOf(view: DataView, at: number, bytes: Uint8Array, header: Header): Packet {
  const { little, perMs, fcsBytes } = header;
  const length = view.getUint32(at + 12, little);
  return {
    atMs: view.getUint32(at, little) * 1000 + view.getUint32(at + 4, little) / perMs,
    bytes: bytes.subarray(0, Math.max(0, Math.min(bytes.length, length - fcsBytes))),
    cut: bytes.length < length - fcsBytes,
  };
}

function joined(before: Uint8Array, piece: Uint8Array): Uint8Array {
  if (before.length === 0) return piece;
  const bytes = new Uint8Array(before.length + piece.length);
  bytes.set(before);
  bytes.set(piece, before.length);
  return bytes;
}

const noPcap = (why: string): NoPcap => ({ code: "no-pcap", sentence: `not a capture: ${why}` });
