/** What stands in a page's place while what it asked for is not here: that it comes, or why it does not and how to ask again. */
import { PageLoading } from "./page-title.tsx";
import { Failed } from "./problem-view.tsx";

type Asked = { readonly error: Error | null; readonly refetch: () => Promise<unknown> };

export function Unread({ asked }: { asked: Asked }) {
  if (asked.error === null) return <PageLoading />;
  return <Failed page error={asked.error} retry={() => void asked.refetch()} />;
}
