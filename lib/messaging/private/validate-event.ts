import type { EventDefinition } from '../../contract/event.js';
import { validateJson } from '../../contract/validation/validate-json.js';

/** Validates the events of one subscription. */
export function validateDefinition(events: readonly EventDefinition[]): string[] {
  const [first, ...others] = events;
  if (!first) return ['`on` must have at least one event, got an empty list'];
  const foreign = others.find(({ name, source }) => name !== first.name || source !== first.source);
  const versions = events.map(({ version }) => version);
  const duplicate = versions.find((version, index) => versions.indexOf(version) !== index);
  return [
    ...(foreign
      ? [
          `\`on\` must have versions of one event, got ${first.name} of ${first.source} and ${foreign.name} of ${foreign.source}. Call it for each event`,
        ]
      : []),
    ...(duplicate === undefined
      ? []
      : [`\`on\` must have each version once, got ${first.name} ${duplicate} twice`]),
    ...events.flatMap(validateSchema),
  ];
}

/** Validates that JSON can represent the data: otherwise the receiver gets altered values. */
function validateSchema({ name, version, schema }: EventDefinition): string[] {
  return validateJson(schema, 'response').map(
    (error) => `${name} ${version} cannot be sent as JSON: ${error}`,
  );
}
