import { choiceOf } from '../contract/choice.js';
import type { Operation } from '../contract/operation.js';
import { ProblemError } from '../contract/problem.js';

/**
 * How an operation chooses what it answers with: by the `Accept` header (RFC 9110, section 12.5.1), among the content
 * types of its first response that has several. Where there is no choice the header is not asked.
 *
 * @returns a function that gives the content type, and throws ProblemError 406 when no type will do
 */
export function negotiation(operation: Operation): (accept: string | undefined) => string | undefined {
  const types = choiceOf(operation);
  if (types.length === 0) return () => undefined;
  return (accept) => {
    const [best] = types
      .map((type) => ({ type, quality: qualityOf(type, accept ?? '*/*') }))
      .filter(({ quality }) => quality > 0)
      .sort((a, b) => b.quality - a.quality);
    if (best) return best.type;
    throw new ProblemError({
      status: 406,
      title: 'No content type that you accept',
      detail: `This operation answers ${types.join(' or ')}, \`Accept\` is "${accept}".`,
    });
  };
}

/** How well a type suits: that of the most specific range that it is in, 0 when it is in none. */
function qualityOf(type: string, accept: string): number {
  let [specific, quality] = [0, 0];
  for (const part of accept.split(',')) {
    const [range = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
    const rank =
      range === type ? 3 : range === `${type.split('/')[0]}/*` ? 2 : range === '*/*' || range === '' ? 1 : 0;
    if (rank <= specific) continue;
    specific = rank;
    const q = Number(parameters.find((text) => text.startsWith('q='))?.slice(2) ?? 1);
    quality = q >= 0 && q <= 1 ? q : 1;
  }
  return quality;
}
