import { negotiableTypes } from '../contract/negotiable-types.js';
import type { Operation } from '../contract/operation.js';
import { ProblemError } from '../contract/problem.js';
import { PROBLEMS } from './problems.js';

/**
 * Creates the content negotiation of an operation: it selects by the `Accept` header (RFC 9110, section 12.5.1) among
 * the content types of responses with several. Without such a response the header is ignored.
 *
 * @returns a function that returns the content type, and throws ProblemError 406 if no type is acceptable
 */
export function createNegotiator(operation: Operation): (accept: string | undefined) => string | undefined {
  const types = negotiableTypes(operation);
  if (types.length === 0) return () => undefined;
  return (accept) => {
    const [best] = types
      .map((type) => ({ type, quality: qualityOf(type, accept ?? '*/*') }))
      .filter(({ quality }) => quality > 0)
      .sort((a, b) => b.quality - a.quality);
    if (best) return best.type;
    throw new ProblemError({
      ...PROBLEMS.notAcceptable,
      detail: `This operation returns ${types.join(' or ')}, but \`Accept\` is "${accept}".`,
    });
  };
}

/** Returns the quality of the most specific range that matches the type, 0 if no range matches. */
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
