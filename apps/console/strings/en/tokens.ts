/** Tokens: the cards and accounts that may charge, in English. */
import { plural } from "../en-codes.ts";

const sessions = (count: number) => plural(count, "session", "sessions");

export const tokens = {
  title: "Tokens",
  lead: "Cards and accounts that may charge",
  find: "Token",
  filterLabel: "Which tokens",
  filter: { all: "All", Accepted: "May charge", Blocked: "Blocked", Expired: "Expired" },
  status: { Accepted: "May charge", Blocked: "Blocked", Expired: "Expired" } as Record<string, string>,
  columns: {
    token: "Token",
    status: "Status",
    expires: "Ends",
    open: "Sessions running",
    used: "Last used",
    changed: "Changed",
    act: "",
  },
  never: "never",
  noEnd: "no end",
  masked:
    "Tokens are keys, so only their end is shown. Administrators see them whole, and add and block them.",
  block: "Block",
  unblock: "Unblock",
  blockOf: (token: string) => `Block ${token}`,
  unblockOf: (token: string) => `Unblock ${token}`,
  sessionsOf: (token: string) => `Sessions of ${token}`,
  add: "Add token",
  addTitle: "Add a token",
  addLead: "It may charge at every station at once, and at sites without link as soon as they are back.",
  token: "Token",
  tokenHint: "As the card reader shows it, for example 04A1B2C3D41080. Upper and lower case are the same.",
  expires: "Ends after",
  expiresHint: "The last day on which it may charge. Leave it empty for no end.",
  tokenMissing: "Write the token.",
  tokenLong: (most: number) => `A token has at most ${most} characters; this has more.`,
  tokenSigns: "Letters, digits and signs without spaces only.",
  tokenKnown: (status: string) =>
    `This token is here already: ${status.toLowerCase()}. Change it in the table.`,
  expiresPast: "This day is over. Choose today or a later one.",
  refused: "This was not taken.",
  adding: "Adding…",
  saving: "Saving…",
  cancel: "Cancel",
  added: (token: string) => `${token} may charge now.`,
  blocked: (token: string) => `${token} is blocked.`,
  unblocked: (token: string) => `${token} may charge again.`,
  confirm: {
    block: (token: string) => `Block ${token}?`,
    unblock: (token: string) => `Let ${token} charge again?`,
    blockEffect:
      "No station starts a session with it from now on. Sites without link learn it when they are back.",
    blockOpen: (count: number) =>
      `${count === 1 ? "The session that runs" : `The ${sessions(count)} that run`} with it now go on until they end.`.replace(
        "The session that runs with it now go on until they end",
        "The session that runs with it now goes on until it ends",
      ),
    blockNone: "No session runs with it now.",
    unblockEffect: "Every station starts sessions with it from now on.",
    unblockEnded: "Its last day is over: it will have no end from now on.",
    unblockEnds: (day: string) => `It ends on ${day}, as before.`,
  },
  empty: "No token yet",
  emptyHelp: "Without tokens no card can start a session. Add the first one.",
  emptyHelpViewer: "Without tokens no card can start a session. Ask an administrator to add some.",
  noneFound: "No token is like that",
  noneFoundHelp: "Take something away from the search or the filter.",
  full: (most: number) => `Only the ${most.toLocaleString("en")} changed last are shown.`,
};
