import type { IDomainName, MTLSConfig, SecurityPolicy } from 'aws-cdk-lib/aws-apigateway';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { IHostedZone } from 'aws-cdk-lib/aws-route53';

/** A custom domain of one API. It is free; a hosted zone costs $0.50 a month. */
export interface ApiDomainOptions {
  /** The host name, as in `api.example.com`. */
  readonly name: string;
  /** A certificate for the name, in the API's region. */
  readonly certificate: ICertificate;
  /** The zone for the DNS record. @default - no record: point the name to `api.domain.domainNameAliasDomainName` */
  readonly hostedZone?: IHostedZone;
  /** The prefix of the API's paths, as in `orders` or `shop/orders`. @default - no prefix */
  readonly basePath?: string;
  /** The TLS policy; at least TLS 1.2. @default SecurityPolicy.TLS_1_2 */
  readonly securityPolicy?: SecurityPolicy;
  /** The trust store for mutual TLS: each client needs a certificate. @default - no client certificates */
  readonly mutualTls?: MTLSConfig;
}

/** A base path of a domain that several APIs share. Create the domain once, with CDK's `DomainName`, in any stack. */
export interface SharedApiDomain {
  /** CDK's domain, or an imported one (`DomainName.fromDomainNameAttributes`). */
  readonly domainName: IDomainName;
  /** The prefix of the API's paths, as in `orders` or `shop/orders`. @default - none: all paths without another mapping */
  readonly basePath?: string;
}
