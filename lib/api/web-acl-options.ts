/** Options of the web ACL that the API creates. */
export interface ManagedWebAclOptions {
  /** Requests per IP address in five minutes; AWS WAF responds 403 to more. @default 2000 */
  readonly requestsPerAddress?: number;
  /** Counts matching requests instead of blocking them, to see the effect of the rules first. @default false */
  readonly countOnly?: boolean;
}

/** `true` or options for a web ACL with AWS's common rules and a limit per IP address; `arn` for an existing one. */
export type WebAclOptions = true | ManagedWebAclOptions | { readonly arn: string };
