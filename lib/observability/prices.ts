/** Monthly cost of one kind of resource without any use. */
export interface CostLine {
  readonly what: string;
  readonly count: number;
  /** US dollars. */
  readonly monthly: number;
}

export interface CostAtRest {
  /** US dollars a month, to the cent. */
  readonly monthly: number;
  readonly lines: readonly CostLine[];
}

/** A resource, of a construct or in a template. */
export interface PricedResource {
  readonly type: string;
  /** Returns a property by its name in the template. */
  readonly property: (name: string) => unknown;
}

interface Price {
  readonly what: string;
  readonly monthly: (property: PricedResource['property']) => number;
}

const HOURS = 730;

/** Hourly price by the size in GB. https://aws.amazon.com/api-gateway/pricing/ */
const CACHE_HOURLY: Readonly<Record<string, number>> = {
  '0.5': 0.02,
  '1.6': 0.038,
  '6.1': 0.2,
  '13.5': 0.25,
  '28.4': 0.5,
  '58.2': 1,
  '118': 1.9,
  '237': 3.8,
};

const fixed = (what: string, monthly: number): Price => ({ what, monthly: () => monthly });

/**
 * Prices of us-east-1, November 2026. The first three dashboards of an account are free, and counted as such.
 * https://aws.amazon.com/cloudwatch/pricing/ https://aws.amazon.com/kms/pricing/
 * https://aws.amazon.com/secrets-manager/pricing/ https://aws.amazon.com/waf/pricing/
 * https://aws.amazon.com/route53/pricing/ https://aws.amazon.com/vpc/pricing/
 */
const PRICES: Readonly<Record<string, Price>> = {
  'AWS::CloudWatch::Alarm': fixed('alarms', 0.1),
  'AWS::CloudWatch::CompositeAlarm': fixed('composite alarms', 0.5),
  'AWS::KMS::Key': fixed('KMS keys', 1),
  'AWS::SecretsManager::Secret': fixed('secrets', 0.4),
  'AWS::Route53::HostedZone': fixed('hosted zones', 0.5),
  'AWS::EC2::NatGateway': fixed('NAT gateways', 0.045 * HOURS),
  'AWS::WAFv2::WebACL': {
    what: 'web ACLs',
    monthly: (property) => 5 + [property('Rules') ?? []].flat().length,
  },
  'AWS::ApiGateway::Stage': {
    what: 'API caches',
    monthly: (property) =>
      property('CacheClusterEnabled')
        ? (CACHE_HOURLY[String(property('CacheClusterSize') ?? '0.5')] ?? 0) * HOURS
        : 0,
  },
};

/**
 * Returns the monthly cost of resources without any use, in us-east-1. Charges by use or by stored bytes (requests,
 * data, logs) are not included.
 */
export function costOf(resources: Iterable<PricedResource>): CostAtRest {
  const lines = new Map<string, { count: number; monthly: number }>();
  for (const { type, property } of resources) {
    const price = PRICES[type];
    const monthly = price?.monthly(property) ?? 0;
    if (!price || monthly === 0) continue;
    const known = lines.get(price.what) ?? { count: 0, monthly: 0 };
    lines.set(price.what, { count: known.count + 1, monthly: known.monthly + monthly });
  }
  const sorted = [...lines]
    .map(([what, { count, monthly }]) => ({ what, count, monthly: cents(monthly) }))
    .sort((a, b) => b.monthly - a.monthly);
  return { monthly: cents(sorted.reduce((sum, { monthly }) => sum + monthly, 0)), lines: sorted };
}

function cents(dollars: number): number {
  return Math.round(dollars * 100) / 100;
}
