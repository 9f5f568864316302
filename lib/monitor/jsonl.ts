import { join } from "node:path";
import { redact } from "../redact.ts";
import { AppendFile } from "./append_file.ts";
import type { FileSink, LogFileOptions } from "./log_file.ts";

/** Writes every event as a line of JSON into `<runDir>/events.jsonl` from now on. */
export function openJsonl(options: Omit<LogFileOptions, "level">): FileSink {
  const { bus, clock, onProblem } = options;
  const file = new AppendFile({ path: join(options.runDir, "events.jsonl"), clock, onProblem });
  const unsubscribe = bus.subscribe((event) => file.add(JSON.stringify(event, hideSecrets)));
  return {
    flush: () => file.flush(),
    close: () => {
      unsubscribe();
      file.close();
    },
  };
}

/** Looks at each text before it is quoted: afterwards a secret with a quote in it would not be found. */
function hideSecrets(_key: string, value: unknown): unknown {
  return typeof value === "string" ? redact(value) : value;
}
