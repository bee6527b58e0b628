import {
  type BehaviorOptions,
  Function as EdgeFunction,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  LambdaEdgeEventType,
} from 'aws-cdk-lib/aws-cloudfront';
import type { Construct } from 'constructs';
import { assertValid } from '../../construct/assert-valid.js';
import { definedProps } from '../../construct/defined-props.js';
import type { SiteProps } from '../site-props.js';
import { comment } from './global-names.js';
import { routesOf } from './routes.js';
import type { SourceFile } from './source.js';
import { validateCode, viewerRequestCode } from './viewer-request.js';

/**
 * Creates the function that finds the file for each path.
 *
 * @throws Error when its code would be too large, or another function is associated with its event
 */
export function createViewerRequest(
  scope: Construct,
  { singlePage = true, viewerRequest, distribution, domain }: SiteProps,
  files: readonly SourceFile[],
): EdgeFunction {
  const { code: before, ...options } = definedProps(viewerRequest);
  const routes = routesOf(files, singlePage);
  const code = viewerRequestCode(routes, { before: before?.render(), domain });
  assertValid(scope, [...validateCode(code, routes), ...validateBehavior(distribution?.defaultBehavior)]);
  return new EdgeFunction(scope, 'ViewerRequest', {
    runtime: FunctionRuntime.JS_2_0,
    comment: comment('Maps paths to files of ', scope.node.path),
    ...options,
    code: FunctionCode.fromInline(code),
  });
}

/** Returns the errors of functions that CloudFront would reject, or that would take the place of the site's. */
function validateBehavior({ functionAssociations, edgeLambdas }: Partial<BehaviorOptions> = {}): string[] {
  const isViewer = (type: string) => type.startsWith('viewer');
  return [
    ...(functionAssociations ?? [])
      .filter(({ eventType }) => eventType === FunctionEventType.VIEWER_REQUEST)
      .map(
        () =>
          '`distribution.defaultBehavior.functionAssociations` must not have a function for VIEWER_REQUEST, which would replace the one that finds pages. Pass its code as `viewerRequest: { code }`, which runs first',
      ),
    ...(edgeLambdas ?? [])
      .filter(({ eventType }) => isViewer(eventType))
      .map(
        ({ eventType }) =>
          `\`distribution.defaultBehavior.edgeLambdas\` must not have viewer events, which CloudFront does not combine with the function that finds pages, got ${eventType}. Use ${LambdaEdgeEventType.ORIGIN_REQUEST}, or \`viewerRequest\``,
      ),
  ];
}
