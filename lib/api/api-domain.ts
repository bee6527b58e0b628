import {
  DomainName,
  EndpointAccessMode,
  EndpointType,
  type MTLSConfig,
  SecurityPolicy,
  type SpecRestApi,
} from 'aws-cdk-lib/aws-apigateway';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { ARecord, type IHostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { ApiGatewayDomain } from 'aws-cdk-lib/aws-route53-targets';
import { Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

/** An address of your own. It costs nothing; a hosted zone costs $0.50 a month. */
export interface ApiDomainOptions {
  /** The host name, as in `api.example.com`. */
  readonly name: string;
  /** A certificate for the name, of the API's own region. */
  readonly certificate: ICertificate;
  /** Where the name is made known. @default - nowhere: point it to `api.domain.domainNameAliasDomainName` yourself */
  readonly hostedZone?: IHostedZone;
  /** What the paths of the API come after, as in `orders` or `shop/orders`. @default - nothing */
  readonly basePath?: string;
  /** Which TLS the domain takes; nothing older than TLS 1.2. @default SecurityPolicy.TLS_1_2 */
  readonly securityPolicy?: SecurityPolicy;
  /** The certificates of those who may connect, each with one of their own. @default - everybody may connect */
  readonly mutualTls?: MTLSConfig;
}

/** What is wrong with a domain. */
export function domainMistakes({ name, basePath, securityPolicy }: ApiDomainOptions): string[] {
  const found: string[] = [];
  if (
    !Token.isUnresolved(name) &&
    !/^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/.test(name)
  ) {
    found.push(`\`domain.name\` must be a host name like api.example.com in lower case, got "${name}"`);
  }
  if (basePath !== undefined && !/^[\w.~!*'()$+-]+(\/[\w.~!*'()$+-]+)*$/.test(basePath)) {
    found.push(`\`domain.basePath\` must be like orders or shop/orders, got "${basePath}"`);
  }
  if (securityPolicy === SecurityPolicy.TLS_1_0) {
    found.push('`domain.securityPolicy` must be TLS 1.2 or later, got TLS_1_0');
  }
  return found;
}

/** Gives the API its domain. */
export function addDomain(scope: Construct, api: SpecRestApi, options: ApiDomainOptions): DomainName {
  const { name, certificate, hostedZone, basePath, securityPolicy, mutualTls } = options;
  const tls = securityPolicy ?? SecurityPolicy.TLS_1_2;
  const domain = new DomainName(scope, 'Domain', {
    domainName: name,
    certificate,
    endpointType: EndpointType.REGIONAL,
    securityPolicy: tls,
    // The newer policies ask for it: who connects must name this domain in TLS as in HTTP.
    ...(tls.startsWith('SecurityPolicy_') && { endpointAccessMode: EndpointAccessMode.STRICT }),
    ...(mutualTls && { mtls: mutualTls }),
  });
  const stage = api.deploymentStage;
  // A path of several parts is possible with the newer kind of mapping only.
  if (basePath?.includes('/')) domain.addApiMapping(stage, { basePath });
  else domain.addBasePathMapping(api, { stage, ...(basePath && { basePath }) });
  if (hostedZone) {
    new ARecord(scope, 'DomainRecord', {
      zone: hostedZone,
      recordName: name,
      target: RecordTarget.fromAlias(new ApiGatewayDomain(domain)),
    });
  }
  return domain;
}

/** The address under the domain, ending in a slash. */
export function domainUrl({ name, basePath }: ApiDomainOptions): string {
  return `https://${name}/${basePath ? `${basePath}/` : ''}`;
}
