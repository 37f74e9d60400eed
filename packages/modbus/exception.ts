/** Exception codes of a Modbus server (Application Protocol V1.1b3 §7), by the names the log and the console use. */

/** What a refusal of ours may say. */
export const exceptions = {
  illegalFunction: 1,
  illegalDataAddress: 2,
  illegalDataValue: 3,
  serverDeviceFailure: 4,
  /** Accepted, needs long: the master is to poll. */
  acknowledge: 5,
  serverDeviceBusy: 6,
  memoryParityError: 8,
  gatewayPathUnavailable: 10,
  gatewayTargetFailedToRespond: 11,
} as const;
export type ExceptionCode = (typeof exceptions)[keyof typeof exceptions];

const names = new Map<number, string>(
  Object.entries(exceptions).map(([name, code]) => [
    code,
    name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`),
  ]),
);

/** `illegal-data-address`; a code that the specification does not have by its number. */
export const exceptionName = (code: number): string => names.get(code) ?? `exception-${code}`;

/** The bit that turns a function code into that of its exception. */
export const EXCEPTION_BIT = 0x80;
