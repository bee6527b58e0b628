import { ProblemError } from 'cdk-trellis/contract';

/** 404: there is no such thing. */
export function notFound(what: string, id: string): ProblemError {
  return new ProblemError({
    status: 404,
    title: `${what} not found`,
    detail: `There is no ${what.toLowerCase()} ${id}.`,
  });
}

/** 409: somebody else changed it since the caller read it. */
export function versionConflict(given: number, current: number): ProblemError {
  return new ProblemError({
    status: 409,
    title: 'The resource has changed',
    detail: `The change was made from version ${given}, the current one is ${current}: read it again and repeat the change.`,
    extensions: { currentVersion: current },
  });
}

/** 409: the stock can neither be less than nothing nor more than a shop holds. */
export function stockLimit(productId: string, stock: number, change: number): ProblemError {
  return new ProblemError({
    status: 409,
    title: 'The stock does not allow it',
    detail: `There are ${stock} of ${productId}, which cannot change by ${change}.`,
    extensions: { stock },
  });
}
