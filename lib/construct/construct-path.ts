import type { Construct } from 'constructs';

/** Returns the path of a construct before it is created. */
export function constructPath(scope: Construct, id: string): string {
  return scope.node.path ? `${scope.node.path}/${id}` : id;
}
