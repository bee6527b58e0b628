/** Returns the parameters of a path that matches the pattern: `{ id: '7' }` for `/products/:id` and `/products/7`. */
export function match(pattern: string, path: string): Record<string, string> | undefined {
  const [patternParts, pathParts] = [pattern.split('/'), path.replace(/(.)\/$/, '$1').split('/')];
  if (patternParts.length !== pathParts.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, part] of patternParts.entries()) {
    const value = pathParts[index]!;
    if (part.startsWith(':')) {
      const decoded = decode(value);
      if (decoded === undefined || decoded === '') return undefined;
      parameters[part.slice(1)] = decoded;
    } else if (part !== value) return undefined;
  }
  return parameters;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
