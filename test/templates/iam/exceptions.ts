import type { Finding, Rule } from './findings.js';

/** A finding that is meant to be. */
export interface Exception {
  readonly rule: Rule;
  /** The action, or the policy of AWS. */
  readonly what: string;
  /** Pattern of the resource. */
  readonly resource: RegExp;
  readonly reason: string;
}

/** Every finding of the storefront that stays, each with its reason. */
export const EXCEPTIONS: readonly Exception[] = [
  {
    rule: 'resource mismatch',
    what: 'dynamodb:ListStreams',
    resource: /\/stream\//,
    reason:
      'CDK grants it with the reading of a stream. It grants nothing there, and nothing needs it: the stream is named.',
  },
  {
    rule: 'resource mismatch',
    what: 'lambda:InvokeFunction',
    resource: /^(arn:aws:lambda:[\w-]+:\d+:function:[\w-]+:live(, |$))+$/,
    reason:
      'The reference names functions only; the developer guide also names aliases, whose ARN is the one that is invoked. https://docs.aws.amazon.com/lambda/latest/dg/configuration-aliases.html',
  },
  ...['apigateway:GET', 'apigateway:PATCH'].map(
    (what): Exception => ({
      rule: 'resource too wide',
      what,
      resource: /^arn:aws:apigateway:[\w-]+::\/account$/,
      reason: 'The settings of the account in a region: there is one such resource.',
    }),
  ),
  {
    rule: 'resource too wide',
    what: 'iam:GetRole',
    resource: /^arn:aws:iam::\d+:role\/\*$/,
    reason: 'The setting of the account may name any role. It is replaced only if that role was deleted.',
  },
];

/** The findings that nothing excepts, and the exceptions that except nothing: lines for people. */
export function withoutExceptions(
  findings: readonly Finding[],
  exceptions: readonly Exception[] = EXCEPTIONS,
): string[] {
  const used = new Set<Exception>();
  const left = findings.filter((finding) => {
    const one = exceptions.find(
      ({ rule, what, resource }) =>
        rule === finding.rule && what === finding.what && resource.test(finding.resource),
    );
    if (one) used.add(one);
    return !one;
  });
  return [
    ...left.map(({ rule, what, resource, at }) => `${rule}: ${what} on ${resource} (at ${at})`),
    ...exceptions
      .filter((one) => !used.has(one))
      .map(({ rule, what }) => `an exception that excepts nothing: ${rule}: ${what}`),
  ];
}
