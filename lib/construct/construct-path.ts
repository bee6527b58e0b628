import type { Construct } from 'constructs';

/** The path of a construct that is about to be made. */
export function constructPath(scope: Construct, id: string): string {
  return scope.node.path ? `${scope.node.path}/${id}` : id;
}
