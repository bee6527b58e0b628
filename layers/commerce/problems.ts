import { ProblemError } from 'cdk-trellis/contract';

/** 404: the resource does not exist. */
export function notFound(what: string, id: string): ProblemError {
  return new ProblemError({
    status: 404,
    title: `${what} not found`,
    detail: `The ${what.toLowerCase()} ${id} does not exist.`,
  });
}

/** 409: the resource has changed since the caller read it. */
export function versionConflict(based: number, current: number): ProblemError {
  return new ProblemError({
    status: 409,
    title: 'The resource has changed',
    detail: `The change is based on version ${based}, but the current version is ${current}. Read the resource again and repeat the change.`,
    extensions: { currentVersion: current },
  });
}

/** 409: the stock must not be negative or above its maximum. */
export function stockLimit(productId: string, stock: number, change: number): ProblemError {
  return new ProblemError({
    status: 409,
    title: 'Insufficient stock or capacity',
    detail: `The stock of ${productId} is ${stock} and cannot change by ${change}.`,
    extensions: { stock },
  });
}
