/**
 * Packet captures in the classic pcap format (draft-ietf-opsawg-pcap): what a tap or `tcpdump -w` leaves.
 *
 *     file    magic:4 version:4 zone:4 accuracy:4 snapshot:4 link:4        a1b2c3d4 microseconds, a1b23c4d nanoseconds,
 *     packet  seconds:4 fraction:4 captured:4 length:4 bytes:captured      in either byte order
 *
 * A capture may end in the middle of a packet (the disk was full, the tap was pulled): what was whole is read.
 */
import { type Fault, failed, ok, type Result } from "@wattward/kernel";

const PACKET_BYTES_MAX = 256 * 1024;

export type Packet = {
  /** Since 1970 UTC, by the clock of whoever captured. */
  readonly atMs: number;
  /** From the link layer on, as far as it was captured. */
  readonly bytes: Uint8Array;
};
export type Capture = {
  /** Link type (`LINKTYPE_…`): 1 Ethernet, 101 raw IP, 113 Linux cooked. */
  readonly linkType: number;
  readonly packets: readonly Packet[];
  /** It ends in the middle of a packet. */
  readonly cut: boolean;
};

const magics = new Map([
  [0xa1b2c3d4, 1_000],
  [0xa1b23c4d, 1_000_000],
]);

export function readPcap(file: Uint8Array): Result<Capture, Fault<"no-pcap">> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.length < 24) return noPcap("it is shorter than the header of a capture");
  const little = magics.has(view.getUint32(0, true));
  const perMs = magics.get(view.getUint32(0, little));
  if (perMs === undefined)
    return noPcap("it does not begin as a pcap file does (pcapng is not read: editcap -F pcap)");
  const packets: Packet[] = [];
  let at = 24;
  while (at + 16 <= file.length) {
    const captured = view.getUint32(at + 8, little);
    if (captured > PACKET_BYTES_MAX) return noPcap(`a packet of ${captured} bytes at ${at}`);
    if (at + 16 + captured > file.length) break;
    packets.push({
      atMs: view.getUint32(at, little) * 1000 + view.getUint32(at + 4, little) / perMs,
      bytes: file.subarray(at + 16, at + 16 + captured),
    });
    at += 16 + captured;
  }
  return ok({ linkType: view.getUint32(20, little), packets, cut: at !== file.length });
}

const noPcap = (why: string) => failed({ code: "no-pcap" as const, sentence: `not a capture: ${why}` });
