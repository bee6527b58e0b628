/** Request of an operation, independent of its source: a Lambda event or a `Request` of a browser. */
export interface HttpRequest {
  /** HTTP method in upper case. */
  readonly method: string;
  readonly requestId: string;
  /** Path parameters, percent-encoded as in the URL. */
  readonly params: Readonly<Record<string, string>>;
  /** Query parameters; a repeated parameter is a list. */
  readonly query: Readonly<Record<string, string | readonly string[]>>;
  /** Headers with lower-case names; repeated headers are joined by commas. */
  readonly headers: Readonly<Record<string, string>>;
  /** Body, as text if it arrived as text; empty for a request without a body. */
  readonly body: string | Uint8Array;
}

/** Response of an operation, before it is converted for the gateway. */
export interface HttpResponse {
  readonly status: number;
  /** Headers with lower-case names, without `set-cookie`. */
  readonly headers: Record<string, string>;
  /** Values of `set-cookie`, the only header that cannot be joined to one line (RFC 6265, section 3). */
  readonly cookies?: readonly string[];
  /** Body; text is sent as UTF-8. Empty for a response without a body. */
  readonly body: string | Uint8Array;
}
