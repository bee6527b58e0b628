import type { EventDefinition } from '../../contract/event.js';
import { validateJson } from '../../contract/validation/validate-json.js';

/** What cannot be subscribed to at once, and what cannot travel. */
export function validateDefinition(events: readonly EventDefinition[]): string[] {
  const [first, ...others] = events;
  if (!first) return ['`on` must be given an event, got an empty list'];
  const foreign = others.find(({ name, source }) => name !== first.name || source !== first.source);
  const versions = events.map(({ version }) => version);
  const twice = versions.find((version, at) => versions.indexOf(version) !== at);
  return [
    ...(foreign
      ? [
          `\`on\` must be given versions of one event, got ${first.name} of ${first.source} and ${foreign.name} of ${foreign.source}: call it for each`,
        ]
      : []),
    ...(twice === undefined
      ? []
      : [`\`on\` must be given each version once, got ${first.name} ${twice} twice`]),
    ...events.flatMap(validateSchema),
  ];
}

/** An event travels as JSON, and is read again: what JSON cannot express would arrive as something else. */
function validateSchema({ name, version, schema }: EventDefinition): string[] {
  return validateJson(schema, 'response').map(
    (error) => `${name} ${version} cannot travel as JSON: ${error}`,
  );
}
