// Logs what it is given as JSON on standard input by OpenTelemetry's SDK, as a program does. The
// address and the compression are in the standard variables.
import { readFileSync } from "node:fs";
import { SeverityNumber } from "@opentelemetry/api-logs";
import { OTLPLogExporter } from "@opentelemetry/exporter-logs-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchLogRecordProcessor, LoggerProvider } from "@opentelemetry/sdk-logs";

const records = JSON.parse(readFileSync(0, "utf8"));
const providers = new Map();

function loggerOf(service) {
  if (!providers.has(service)) {
    const processor = new BatchLogRecordProcessor({
      exporter: new OTLPLogExporter(),
      maxQueueSize: records.length,
    });
    const resource = resourceFromAttributes({ "service.name": service });
    providers.set(service, new LoggerProvider({ resource, processors: [processor] }));
  }
  return providers.get(service).getLogger("shop");
}

for (const { message, level, service } of records) {
  loggerOf(service).emit({
    body: message,
    severityText: level,
    severityNumber: SeverityNumber[level],
    attributes: { "http.route": "/orders" },
  });
}
await Promise.all([...providers.values()].map((provider) => provider.shutdown()));
