/** Replaces references to missing resources by placeholders of the same form (an ARN remains an ARN). */
export function withPlaceholders(part: unknown, missing: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(part)) return part.map((item) => withPlaceholders(item, missing));
  if (typeof part !== 'object' || part === null) return part;
  const target = referenceOf(part);
  if (target && missing.has(target.id))
    return placeholder(target.id, missing.get(target.id)!, target.attribute);
  const sub = (part as { 'Fn::Sub'?: unknown })['Fn::Sub'];
  if (sub !== undefined) return { 'Fn::Sub': substituted(sub, missing) };
  return Object.fromEntries(
    Object.entries(part).map(([key, value]) => [key, withPlaceholders(value, missing)]),
  );
}

/** Returns true if a part of a template refers to one of the resources. */
export function refersTo(part: unknown, missing: ReadonlyMap<string, string>): boolean {
  return JSON.stringify(withPlaceholders(part, missing)) !== JSON.stringify(part);
}

function referenceOf(part: object): { id: string; attribute?: string } | undefined {
  const { Ref, 'Fn::GetAtt': getAtt } = part as { Ref?: unknown; 'Fn::GetAtt'?: unknown };
  if (typeof Ref === 'string') return { id: Ref };
  const [id, ...attribute] =
    typeof getAtt === 'string' ? getAtt.split('.') : Array.isArray(getAtt) ? getAtt : [];
  return typeof id === 'string' ? { id, attribute: attribute.join('.') } : undefined;
}

/** Replaces `${Resource}` and `${Resource.Attribute}` in a text, unless a variable of `Fn::Sub` has that name. */
function substituted(sub: unknown, missing: ReadonlyMap<string, string>): unknown {
  const [text, variables] = Array.isArray(sub) ? sub : [sub, {}];
  const replaced = String(text).replace(
    /\$\{([A-Za-z0-9]+)(?:\.([A-Za-z0-9.]+))?\}/g,
    (whole, id, attribute) =>
      missing.has(id) && !(id in variables) ? placeholder(id, missing.get(id)!, attribute) : whole,
  );
  return Array.isArray(sub) ? [replaced, withPlaceholders(variables, missing)] : replaced;
}

function placeholder(id: string, type: string, attribute = ''): string {
  const service = type.split('::')[1]?.toLowerCase() ?? 'aws';
  return /arn$/i.test(attribute)
    ? `arn:aws:${service}:us-east-1:000000000000:left-out/${id}`
    : `left-out-${id}`;
}
