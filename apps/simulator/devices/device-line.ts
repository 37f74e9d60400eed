/**
 * A device's end of its network line: serves every master that connects, each link by itself, and notes each exchange. A dark device
 * lets requests vanish; a flooded line answers late, and every other time "busy". Another unit than its own is not there: silence.
 */
import { type Clock, sleep } from "@wattward/kernel";
import {
  type Answer,
  type Asked,
  type ByteLink,
  exceptionReply,
  exceptions,
  functionCode,
  serve,
} from "@wattward/modbus";
import type { DeviceConduct } from "./conduct.ts";
import type { Device } from "./sunspec-device.ts";

/** Every exchange that reached a device: what a guard let through, or nobody guarded. */
export type ExchangeLine = {
  readonly atMs: number;
  readonly device: string;
  readonly from: string;
  readonly transaction: number;
  readonly function: number;
  readonly request: object;
  /** What came back, decoded as the request is: `{"registers":[…]}` of a read, so that values that stand still or lie can be recounted. */
  readonly answer?: object;
  /** The exception's code, in place of an answer. `silence`: none came. */
  readonly exception?: number | "silence";
};

export type DeviceLineOptions = {
  readonly id: string;
  readonly unit: number;
  readonly device: Device;
  readonly conduct: DeviceConduct;
  readonly clock: Clock;
  exchanged?(line: ExchangeLine): void;
};

/** After its answer a device that repeats itself says it again, ms. */
const AGAIN_MS = 300;

/** The same link; what is sent over it is sent again while the device repeats itself. */
function repeating(link: ByteLink, { clock, conduct }: DeviceLineOptions): ByteLink {
  return {
    peer: link.peer,
    get bufferedBytes() {
      return link.bufferedBytes;
    },
    send(bytes) {
      link.send(bytes);
      const again = Uint8Array.from(bytes);
      if (conduct.repeats) clock.after(AGAIN_MS, () => link.send(again));
    },
    pause: () => link.pause(),
    resume: () => link.resume(),
    end: () => link.end(),
    destroy: () => link.destroy(),
    listen: (handlers) => link.listen(handlers),
  };
}

/** What a full network adds to an answer, ms. */
const FLOOD_MS = 700;

/** Serves a master until its link ends. */
export function serveDevice(link: ByteLink, options: DeviceLineOptions): () => void {
  const { clock, conduct, device, id, unit } = options;
  let count = 0;
  const answerTo = async ({ request }: Asked): Promise<Answer> => {
    await sleep(clock, FLOOD_MS);
    return ++count % 2 === 0 ? exceptionReply(exceptions.serverDeviceBusy) : device.answer(request);
  };
  const noted = (asked: Asked, answer: Answer): Answer => {
    const { kind, ...request } = asked.request;
    const { kind: came, ...told } = answer;
    const { address, port } = asked.peer;
    options.exchanged?.({
      atMs: clock.now().wallMs,
      device: id,
      from: port === undefined ? address : `${address}:${port}`,
      transaction: asked.transaction,
      function: functionCode(kind),
      request,
      ...(came !== "exception" && came !== "silence" && { answer: told }),
      ...(answer.kind === "exception" && { exception: answer.code }),
      ...(answer.kind === "silence" && { exception: "silence" }),
    });
    return answer;
  };
  return serve(repeating(link, options), {
    clock,
    answer: (asked) => {
      if (conduct.dark || asked.unit !== unit) return noted(asked, { kind: "silence" });
      if (conduct.objects) return noted(asked, exceptionReply(exceptions.acknowledge));
      if (!conduct.flooded) return noted(asked, device.answer(asked.request));
      return answerTo(asked).then((answer) => noted(asked, answer));
    },
  });
}
