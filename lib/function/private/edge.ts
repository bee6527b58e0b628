/**
 * Lambda@Edge takes no layers, environment variables, X-Ray tracing, JSON logs or arm64, all of which functions of this
 * library have. https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-at-edge-function-restrictions.html
 *
 * @param at the function
 */
export function edgeError(at: string): Error {
  return new Error(
    `The function of \`edgeLambdas\` must be one without layers, environment variables, tracing and JSON logs, which Lambda@Edge does not have, got ${at}. Use CDK's \`cloudfront.experimental.EdgeFunction\`, or a CloudFront Function (at ${at})`,
  );
}
