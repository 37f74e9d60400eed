/**
 * The secret of a one-time link, `/join#secret`: in the fragment, which browsers send to no server. 256 bits in
 * base64url; what is not of that form is no secret, and the link was cut.
 */
const secretPattern = /^#?([A-Za-z0-9_-]{16,64})$/;

export const invitationOf = (fragment: string): string | undefined => secretPattern.exec(fragment)?.[1];
