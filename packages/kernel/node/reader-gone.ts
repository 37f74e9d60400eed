/** `wattward station list | head -1`: whoever read a program's output has gone, and nobody is left to tell. */

/** sysexits has no word for it; shells give 128 + SIGPIPE to a program whose reader has gone. */
export const EXIT_READER_GONE = 141;

/** Of an error of standard output. Where that is a socket, what was written and not read any more resets it. */
export const isReaderGone = ({ code }: NodeJS.ErrnoException): boolean =>
  code === "EPIPE" || code === "ECONNRESET";
