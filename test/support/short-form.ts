type Value = any;

const MAX_LINE = 160;

/** Text of a value of a template in one line: references as the ids they name, no quotes around keys. */
export function shortForm(value: Value, parameters: Record<string, Value> = {}): string {
  const short = (part: Value) => shortForm(part, parameters);
  if (Array.isArray(value)) return `[${value.map(short).join(', ')}]`;
  if (value === null || typeof value !== 'object') return String(value);
  const [[key, argument] = [], ...rest] = Object.entries<Value>(value);
  if (rest.length > 0 || key === undefined) return fields(value, short);
  switch (key) {
    case 'Ref':
      return parameters[argument]?.Default ?? argument.replace(/^AWS::/, '$');
    case 'Fn::GetAtt':
      return argument.join('.');
    case 'Fn::Join':
      return withoutPlace(argument[1].map(short).join(argument[0]));
    case 'Fn::Sub':
      return typeof argument === 'string' ? argument : short(argument[0]);
    default:
      return fields(value, short);
  }
}

/** The properties in one line, without braces: `Timeout: 10, MemorySize: 256`. */
export function propertiesLine(value: object, parameters?: Record<string, Value>): string {
  return shortForm(value, parameters).replace(/^\{ ?| ?\}$/g, '');
}

/** A field in one line, or, where that is too long to read, in a line for each of its own fields or items. */
export function fieldLines(name: string, value: Value, parameters?: Record<string, Value>): string[] {
  const line = `${name}: ${shortForm(value, parameters)}`;
  const parts = typeof value === 'object' ? Object.entries<Value>(value) : [];
  if (line.length <= MAX_LINE || parts.length < 2) return [line];
  const lines = Array.isArray(value)
    ? value.map((item) => `- ${propertiesLine(item, parameters)}`)
    : parts.flatMap(([key, part]) => fieldLines(key, part, parameters));
  return [`${name}:`, ...lines.map((text) => `  ${text}`)];
}

function fields(value: object, short: (part: Value) => string): string {
  const texts = Object.entries(value).map(([key, part]) => `${key}: ${short(part)}`);
  return texts.length === 0 ? '{}' : `{ ${texts.join(', ')} }`;
}

/** An ARN of the stack's own account and region without them. */
function withoutPlace(text: string): string {
  return text.replace(/arn:\$Partition:([a-z0-9-]+):(?:\$Region)?:(?:\$AccountId)?:/g, '$1:');
}
