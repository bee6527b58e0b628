/** Limits of AWS that more than one place needs: the check of templates, and the constructs that keep within them. */
export const LIMITS = {
  /** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
  lambda: {
    environmentBytes: 4096,
    layers: 5,
    timeoutSeconds: 15 * 60,
    unzippedBytes: 250 * 1024 * 1024,
    /** https://docs.aws.amazon.com/lambda/latest/api/API_PublishVersion.html */
    descriptionCharacters: 256,
  },
  /** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
  iam: {
    inlinePolicyCharacters: 10_240,
    managedPolicyCharacters: 6144,
    trustPolicyCharacters: 2048,
  },
  /** https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html */
  apiGateway: {
    timeoutSeconds: 29,
    bodyBytes: 6 * 1024 * 1024,
    resources: 300,
    authorizers: 10,
    cacheSeconds: 3600,
    variables: 100,
    variableNameCharacters: 64,
    variableValueCharacters: 512,
  },
  /** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
  cloudFormation: { resources: 500, outputs: 200, parameters: 200 },
  /** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html */
  dashboard: { widgets: 500, alarmsOfWidget: 100 },
  /** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
  alarm: { nameCharacters: 255, descriptionCharacters: 1024 },
  /** https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ResponseHeadersPolicyConfig.html */
  cloudFront: { commentCharacters: 128 },
} as const;
