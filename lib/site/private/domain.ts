import type { Distribution } from 'aws-cdk-lib/aws-cloudfront';
import { AaaaRecord, ARecord, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { CloudFrontTarget } from 'aws-cdk-lib/aws-route53-targets';
import { Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { SiteDomain } from '../site-props.js';

/** Region of the certificates of CloudFront. */
const CERTIFICATE_REGION = 'us-east-1';

/** Returns all host names of a site, the main one first. */
export function hostNames({ name, aliases = [] }: SiteDomain): string[] {
  return [name, ...aliases];
}

/** Returns the errors of a domain that CloudFront would reject, or browsers would not find. */
export function validateDomain(domain: SiteDomain | undefined): string[] {
  if (!domain) return [];
  const region = domain.certificate.env.region;
  const isElsewhere = !Token.isUnresolved(region) && region !== CERTIFICATE_REGION;
  return [
    ...hostNames(domain)
      .filter((name) => !Token.isUnresolved(name) && !/^([a-z0-9_-]+\.)+[a-z0-9-]+$/.test(name))
      .map((name) => `\`domain\` must have host names in lower case like shop.example.com, got "${name}"`),
    ...(isElsewhere
      ? [
          `\`domain.certificate\` must be in ${CERTIFICATE_REGION}, the only region that CloudFront supports, got ${region}. Create it in a stack in ${CERTIFICATE_REGION}, with \`crossRegionReferences: true\` for both stacks`,
        ]
      : []),
  ];
}

/** Creates the DNS records of all names. */
export function addRecords(scope: Construct, domain: SiteDomain, distribution: Distribution): void {
  const { name, hostedZone: zone } = domain;
  if (!zone) return;
  const target = RecordTarget.fromAlias(new CloudFrontTarget(distribution));
  for (const recordName of hostNames(domain)) {
    const suffix = recordName === name ? '' : `-${recordName}`;
    new ARecord(scope, `Address${suffix}`, { zone, recordName, target });
    new AaaaRecord(scope, `AddressV6${suffix}`, { zone, recordName, target });
  }
}
