/** A link by hand, without time: `closesLate`, as a socket does, which tells that it is closed some turns after it was ended. */
import type { ByteLink, LinkHandlers } from "../link.ts";

/** A link whose other end is this program: `arrive` brings segments, `sent` has what went out. */
export class HandLink implements ByteLink {
  readonly peer = { address: "fuzz" };
  readonly sent: Uint8Array[] = [];
  readonly bufferedBytes = 0;
  isClosed = false;
  private readonly closesLate: boolean;
  private handlers: LinkHandlers | undefined;

  constructor({ closesLate = false }: { closesLate?: boolean } = {}) {
    this.closesLate = closesLate;
  }

  listen(handlers: LinkHandlers): void {
    this.handlers = handlers;
  }
  send(bytes: Uint8Array): void {
    if (!this.isClosed) this.sent.push(bytes);
  }
  pause(): void {}
  resume(): void {}
  end(): void {
    this.destroy();
  }
  destroy(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    if (!this.closesLate) this.handlers?.closed();
  }
  /** Tells at last that it is closed, where it `closesLate`. */
  told(): void {
    this.handlers?.closed();
  }
  arrive(segment: Uint8Array): void {
    if (!this.isClosed) this.handlers?.bytes(segment);
  }
}
