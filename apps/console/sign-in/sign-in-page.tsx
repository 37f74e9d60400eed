/** Sign in with a passkey; stands at whatever address was asked for, which then goes on. */
import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { askPasskey } from "../adapters/passkeys.ts";
import { sentenceOf } from "../shell/problem-view.tsx";
import { useServices } from "../shell/services.tsx";
import { words } from "../strings/en.ts";
import { Card, Trouble } from "./card.tsx";
import { sentenceOfFailure, signInSentence } from "./failure.ts";

export function SignInPage() {
  const { api } = useServices();
  const queries = useQueryClient();
  const [trouble, setTrouble] = useState<string>();
  const signIn = useMutation({
    mutationFn: async () => {
      const passkey = await askPasskey(await api.loginOptions());
      if (passkey.kind === "failed") return setTrouble(sentenceOfFailure(passkey.failure));
      const me = await api.login({ credential: passkey.credential });
      queries.setQueryData(["me"], me);
    },
    onMutate: () => setTrouble(undefined),
    onError: (error) => setTrouble(signInSentence(error, sentenceOf)),
  });
  return (
    <Card title={words.signIn.title} lead={words.signIn.lead} foot={words.signIn.help}>
      <Trouble text={trouble} />
      <Button size="md" fullWidth disabled={signIn.isPending} onClick={() => signIn.mutate()} autoFocus>
        {signIn.isPending ? words.signIn.busy : words.signIn.button}
      </Button>
    </Card>
  );
}
