/** The shapes of people, cards, dispensations and settings. */
import { type Static, Type } from "typebox";
import { roles } from "../access/allow.ts";
import type * as Port from "../core/port.ts";
import { DispensationView } from "./fleet-shapes.ts";
import { closed, integerOrNull, type Same, shape, textOrNull } from "./shape.ts";

/** What a person may be made. */
export const RoleName = Type.Unsafe<(typeof roles)[number]>({
  type: "string",
  enum: [...roles],
  description:
    "viewer sees; operator runs stations, without cutting their service; administrator may do everything",
});

export const TokenRow = shape(
  "TokenRow",
  Type.Object(
    {
      token: Type.String({ description: "Whole for those who may manage, else masked." }),
      status: Type.String({ description: "Accepted, Blocked or Expired" }),
      expiresAtMs: integerOrNull("Expired from then on."),
      changedAtMs: Type.Integer(),
      open: Type.Integer({ description: "Transactions with it that are open." }),
      usedAtMs: integerOrNull("When its newest transaction began."),
    },
    closed,
  ),
);

export const DispensationRow = shape(
  "DispensationRow",
  Type.Object({ station: Type.String(), site: textOrNull(), ...DispensationView.properties }, closed),
);

export const SettingRow = shape(
  "SettingRow",
  Type.Object(
    {
      name: Type.String(),
      value: Type.Integer(),
      byDefault: Type.Integer(),
      least: Type.Integer(),
      most: Type.Integer(),
      unit: Type.String({ description: "switch (0 is off, 1 is on), count, s, ms, days or MiB" }),
      meaning: Type.String(),
      changedAtMs: integerOrNull("When it was changed last; null where nobody did."),
      changedBy: textOrNull("Who did."),
    },
    closed,
  ),
);

const PasskeyRow = Type.Object(
  { id: Type.String(), addedAtMs: Type.Integer(), usedAtMs: integerOrNull() },
  closed,
);
const SessionRow = Type.Object(
  {
    id: Type.String({ description: "To end it by; nothing opens by it." }),
    kind: Type.String({ description: "cookie: a browser. token: a program." }),
    name: Type.String(),
    openedAtMs: Type.Integer(),
    expiresAtMs: Type.Integer(),
  },
  closed,
);
const PersonRow = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    role: Type.String({ description: "viewer, operator, administrator; none for who has left." }),
    kind: Type.String({ description: "person, or service: a program, with tokens alone." }),
    addedAtMs: Type.Integer(),
    passkeys: Type.Array(PasskeyRow),
    sessions: Type.Array(SessionRow, { description: "In force, the newest first." }),
  },
  closed,
);
export const PeopleView = shape(
  "PeopleView",
  Type.Object(
    {
      people: Type.Array(PersonRow),
      invitations: Type.Array(
        Type.Object({ id: Type.String(), role: Type.String(), expiresAtMs: Type.Integer() }, closed),
        { description: "Open: neither used nor over." },
      ),
    },
    closed,
  ),
);

export const NameOfPerson = shape(
  "PersonName",
  Type.Object({ id: Type.String(), name: Type.String() }, closed),
);

/** Each must be `true` to compile. */
export const agreements: {
  TokenRow: Same<Static<typeof TokenRow>, Port.TokenRow>;
  DispensationRow: Same<Static<typeof DispensationRow>, Port.DispensationRow>;
  SettingRow: Same<Static<typeof SettingRow>, Port.SettingRow>;
  PeopleView: Same<Static<typeof PeopleView>, Port.PeopleView>;
  PersonName: Same<Static<typeof NameOfPerson>, Port.PersonName>;
} = { TokenRow: true, DispensationRow: true, SettingRow: true, PeopleView: true, PersonName: true };
