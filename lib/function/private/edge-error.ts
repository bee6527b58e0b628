/**
 * Returns the error for a function of this library at Lambda@Edge, which supports no layers, environment variables,
 * X-Ray tracing, JSON logs or arm64.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-at-edge-function-restrictions.html
 *
 * @param path path of the function
 */
export function edgeError(path: string): Error {
  return new Error(
    `The function of \`edgeLambdas\` must have no layers, environment variables, tracing and JSON logs, which Lambda@Edge does not support, got ${path}. Use CDK's \`cloudfront.experimental.EdgeFunction\`, or a CloudFront Function (at ${path})`,
  );
}
