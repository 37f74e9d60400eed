/** The words of the place People. */
import { plural } from "../en-codes.ts";

const roles: Readonly<Record<string, string>> = {
  viewer: "Viewer",
  operator: "Operator",
  administrator: "Administrator",
  none: "Has left",
};

export const people = {
  title: "People",
  find: "Name or role",
  name: "Name",
  role: "Role",
  passkeys: "Passkeys",
  sessions: "Signed in",
  seen: "Last sign-in",
  added: "Added",
  you: "you",
  program: "program",
  never: "never",
  ago: (span: string) => `${span} ago`,
  filter: { label: "Who", all: "All", people: "People", programs: "Programs", left: "Have left" },
  noneFound: "Nobody is like that. Take something away from the search or the filter.",
  onlyYou: "Nobody else yet. Invite a second administrator, so that a lost passkey locks nobody out.",

  roles,
  roleOf: (role: string): string => roles[role] ?? role,
  mayDo: {
    viewer: "Sees everything but people and settings, changes nothing.",
    operator: "Runs stations too: starts and stops sessions, changes their settings. Cuts no service.",
    administrator: "May do everything, also to people and settings.",
  } as Readonly<Record<string, string>>,

  forbidden: {
    title: "Only administrators see people.",
    help: (role: string) => `Your role is ${role.toLowerCase()}. Ask an administrator for what you need.`,
    own: "Your own passkeys",
    ownHelp: "With a second passkey, on your phone or a security key, a lost device does not lock you out.",
  },

  invite: {
    button: "Invite",
    title: "Invite somebody",
    role: "What they may do",
    submit: "Make the link",
    effect: "Whoever opens the link first joins with that role. It is good once, for a day.",
    effectAdministrator:
      "Whoever opens the link first may do everything, also remove you. It is good once, for a day.",
    made: "The link is ready",
    link: "One-time link",
    madeHelp: (role: string, until: string) =>
      `For one ${role.toLowerCase()}, until ${until}. Hand it over where only they read it. It is not shown again.`,
    lost: "Lost it? Withdraw the invitation and make another.",
  },
  invitations: {
    title: "Open invitations",
    row: (role: string) => `${role}, not used yet`,
    ends: (span: string) => `ends in ${span}`,
    withdraw: "Withdraw",
    withdrawOf: (role: string) => `Withdraw the invitation of ${role.toLowerCase()}`,
    confirmTitle: "Withdraw this invitation?",
    effect: "Its link opens nothing any more. Whoever holds it needs another.",
  },

  person: {
    close: "Close",
    unknown: "Nobody has this address. They may have been removed from the list.",
    left: "Has left: no role, no passkey, no session. The name stays beside what they did.",
    program: "A program. It signs in with its tokens alone.",
    role: "What they may do",
    roleYours: "What you may do",
    change: "Change role",
    changeEffect: (name: string, role: string) =>
      `${name} is ${article(role)} from now on, in open pages too.`,
    raised: "They may then do everything, also remove you.",
    lowered: "They lose what only the higher role may do; what they began goes on.",
    yours: "This is you: you lose this page at once, and cannot give it back to yourself.",
    lastAdministrator:
      "The last administrator with a passkey: nobody could administer without them. Make another person administrator first.",
    passkey: (added: string) => `Added ${added}`,
    used: (span: string) => `used ${span} ago`,
    unused: "never used",
    noPasskey: "No passkey: they cannot sign in. Remove them and send a new invitation.",
    remove: "Remove",
    removePasskey: (added: string) => `Remove the passkey added ${added}`,
    removePasskeyEffect: "Nobody signs in with it any more. Sessions that it opened stay: end them below.",
    removeOnlyKey: "It is their only one: they cannot sign in again without a new invitation.",
    lastPasskey:
      "The last passkey of an administrator: without it nobody could administer. Add another, or make another person administrator.",
    addPasskey: "Add a passkey",
    addPasskeyAlready:
      "This device holds a passkey of yours already. Use another: a phone, or a security key.",
    addPasskeyDone: "The passkey is kept. Sign in with it whenever you like.",
    sessions: "Signed in",
    noSession: "Not signed in.",
    browser: "Browser",
    thisBrowser: "This browser",
    token: (name: string) => `Token ${name}`,
    since: (span: string) => `for ${span}`,
    until: (span: string) => `ends in ${span}`,
    end: "End",
    endOf: (what: string) => `End: ${what}`,
    endEffect: "It is signed out at once. With a passkey they sign in again.",
    endTokenEffect: "The token is good no more. Programs that use it are refused at once.",
    endOwnEffect: "You are signed out here at once.",
    removePerson: (name: string) => `Remove ${name}`,
    removeConfirm: (name: string) => `Remove ${name}?`,
    removeEffect: (passkeys: number, sessions: number) =>
      `Takes the role, ${plural(passkeys, "passkey", "passkeys")} and ${plural(sessions, "session", "sessions")} away, at once. ` +
      "The name stays beside what they did. To come back they need a new invitation.",
    removeYou: "This is you: you are signed out and cannot come back by yourself.",
  },
};

const article = (role: string): string => (/^[aeio]/i.test(role) ? `an ${role}` : `a ${role}`).toLowerCase();
