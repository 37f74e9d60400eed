import assert from "node:assert/strict";
import { test } from "node:test";
import { invitationOf } from "./invitation.ts";

test("the secret is what follows the #, and only if it is whole", () => {
  const secret = "q".repeat(43);
  assert.equal(invitationOf(`#${secret}`), secret);
  assert.equal(invitationOf(secret), secret);
  for (const cut of ["", "#", "#short", `#${secret}?x`, `#${secret} `, `#${"q".repeat(65)}`]) {
    assert.equal(invitationOf(cut), undefined, cut);
  }
});
