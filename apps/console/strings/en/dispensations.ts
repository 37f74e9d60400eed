/** The words of the place Dispensations. */
export const dispensations = {
  title: "Dispensations",
  lead: "Stations that may connect with a password, until a date. The rule is a certificate: security profile 3.",
  find: "Station, site, who gave it",
  station: "Station",
  site: "Site",
  profile: "Security profile",
  until: "Until",
  left: "Left",
  givenBy: "Given by",
  given: "Given",
  action: "Action",
  direct: "direct",
  kinds: { 1: "password, in the clear", 2: "password, in TLS" } as Readonly<Record<number, string>>,
  filter: { label: "Which", all: "All", one: "Profile 1", two: "Profile 2" },
  empty: "No dispensation: every station needs its certificate.",
  emptyHelp: "That is as it should be. Give one to a station that cannot use a certificate yet.",
  noneFound: "No dispensation is like that. Take something away from the search or the filter.",
  readOnly: "Only administrators give and end dispensations.",

  give: {
    button: "Give dispensation",
    title: "Give a dispensation",
    station: "Station",
    stationHint: "Its id, as it stands in the inventory",
    stationMissing: "Write the id of the station.",
    stationUnknown: "No station has this id. Add it first, or look for its id among the stations.",
    profile: "Security profile",
    profiles: {
      2: {
        title: "2: password, in TLS",
        note: "The station checks our certificate. Take this where it can.",
      },
      1: {
        title: "1: password, in the clear",
        note: "For stations without TLS, on a private network alone.",
      },
    },
    until: "Until the end of",
    untilHint: "366 days at most, in the time of this device",
    untilMissing: "Choose the day on which it ends.",
    untilPast: "This day is over. Choose today or a later one.",
    untilFar: (day: string) => `At most 366 days: ${day} is the last day.`,
    effect: (station: string, day: string) =>
      `${station} may connect with a password instead of a certificate, until the end of ${day}. Whoever has the password can connect in its name.`,
    theStation: "The station",
    thatDay: "the chosen day",
    clear: "Nothing is encrypted: whoever is on the way reads it all, the password too, and can change it.",
    replaces: (day: string) =>
      `It has one until ${day}: that one ends, its password is good no more, and its live connection closes.`,
    ends: "It ends early when the station first connects with its certificate. Then there is no way back.",
    submit: "Give dispensation",
    done: (station: string) => `${station} has its dispensation`,
    password: "Password",
    passwordHelp: (station: string) =>
      `Set it in the station as AuthorizationKey (1.6) or BasicAuthPassword (2.x); its user name is ${station}. Nobody can read it again. Lost it? Give another.`,
  },
  end: {
    button: "End",
    of: (station: string) => `End the dispensation of ${station}`,
    title: (station: string) => `End the dispensation of ${station}?`,
    connected: (profile: number) =>
      `It is connected by security profile ${profile}: this connection closes at once. A running session goes on at the station, unseen here.`,
    maybe: "Where it is connected by its password now, this connection closes at once.",
    notConnected: "It is not connected by its password now, so nothing closes.",
    after:
      "It cannot come back until it has its certificate or another dispensation. Its password is deleted.",
    submit: "End dispensation",
  },
};
