/** What browsers send and get in the passkey ceremonies: WebAuthn Level 3 §5.1, in its JSON forms; all base64url. */
import { Type } from "typebox";
import { closed } from "./fields.ts";

/** Longest base64url text taken: an attestation object of a security key is about 1 KB, of a TPM about 6. */
const bytes = (maxLength: number) => Type.String({ maxLength, pattern: "^[A-Za-z0-9_-]*$" });
const extensionResults = Type.Unsafe<Record<string, never>>({ type: "object", additionalProperties: true });
const attachment = Type.Optional(Type.Union([Type.Literal("platform"), Type.Literal("cross-platform")]));

const credential = {
  id: bytes(2048),
  rawId: bytes(2048),
  type: Type.Literal("public-key"),
  clientExtensionResults: extensionResults,
  authenticatorAttachment: attachment,
};

/** RegistrationResponseJSON. */
export const NewCredential = Type.Object(
  {
    ...credential,
    response: Type.Object(
      {
        clientDataJSON: bytes(4096),
        attestationObject: bytes(24_576),
        authenticatorData: Type.Optional(bytes(8192)),
        transports: Type.Optional(Type.Array(Type.String({ maxLength: 32 }), { maxItems: 10 })),
        publicKeyAlgorithm: Type.Optional(Type.Integer()),
        publicKey: Type.Optional(bytes(4096)),
      },
      closed,
    ),
  },
  closed,
);

/** AuthenticationResponseJSON. */
export const UsedCredential = Type.Object(
  {
    ...credential,
    response: Type.Object(
      {
        clientDataJSON: bytes(4096),
        authenticatorData: bytes(4096),
        signature: bytes(2048),
        userHandle: Type.Optional(bytes(256)),
      },
      closed,
    ),
  },
  closed,
);

/** Options go to `navigator.credentials` as they are: their own shape is the browser's business. */
export const CeremonyOptions = Type.Unsafe<object>({ type: "object", additionalProperties: true });

/** As people write their names; never markup, never control characters. */
export const PersonName = Type.String({ minLength: 1, maxLength: 80, pattern: "^[^\\x00-\\x1f\\x7f<>]+$" });
/** 32 bytes in base64url. */
export const InvitationSecret = bytes(64);
