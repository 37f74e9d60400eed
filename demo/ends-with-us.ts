/**
 * Loaded into each program of a run before its own code: where the demo is killed, its programs are too. Left behind they would hold the
 * console's port, and write into the folder that the next run makes anew.
 */
import { Socket } from "node:net";
import { isMainThread } from "node:worker_threads";

/** The first after stdin, stdout, stderr: the demo holds its other end, and says nothing there. */
const TIE_FD = 3;

if (isMainThread) {
  // What this program starts by its own flags has something else there.
  process.execArgv = process.execArgv.filter((flag) => !flag.includes("ends-with-us"));
  new Socket({ fd: TIE_FD })
    .on("close", () => process.kill(process.pid, "SIGKILL"))
    .resume()
    .unref();
}
