// Logs what it is given as JSON on standard input by the logger of the module beside it.
import { readFileSync } from "node:fs";
import { log } from "./logger.mjs";

for (const { message, level } of JSON.parse(readFileSync(0, "utf8"))) {
  log[level.toLowerCase()](message);
}
if (log.transports) {
  // winston's keeps its program alive; pino's sends what is left at the end.
  await Promise.all(log.transports.map((transport) => transport.flush()));
  process.exit();
}
