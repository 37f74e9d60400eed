/**
 * How something goes on that a station was asked to do: an update of its firmware (1.6 §4.5; 2.0.1 L01, L02), an upload
 * of its log or diagnostics (1.6 §4.4; N01), a publication of firmware to its neighbours (L03). The newest word by
 * request; `Idle`, and all of 1.6's first messages, name none.
 */
import type { Call } from "../core/call.ts";
import { clipped, observe } from "../core/observations.ts";
import type { Tx } from "../store/writer.ts";
import { headOf } from "../transactions/record.ts";
import { tell } from "./told.ts";

export type Progress = {
  readonly status: string;
  readonly requestId?: number | undefined;
  /** 2.1. */
  readonly statusInfo?:
    | { readonly reasonCode: string; readonly additionalInfo?: string | undefined }
    | undefined;
  /** Where a published firmware can be had. */
  readonly location?: readonly string[] | undefined;
};

export async function takeProgress(
  tx: Tx,
  call: Call<object>,
  of: "firmware-update" | "log-upload" | "firmware-publication",
  { status, requestId, statusInfo, location }: Progress,
): Promise<void> {
  const body = { status, ...(statusInfo && { statusInfo }), ...(location && { location }) };
  await tell(tx, call, { subject: of, about: requestId ?? "", body });
  const info = statusInfo === undefined ? null : clipped(statusInfo.reasonCode, 40);
  observe(tx, {
    ...headOf(call),
    kind: "station.progress",
    data: { of, requestId: requestId ?? null, status, info },
  });
}
