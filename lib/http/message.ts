/** A request as operations see it, whatever it arrived in: an event of Lambda, a `Request` of a browser. */
export interface HttpRequest {
  /** In upper case. */
  readonly method: string;
  readonly requestId: string;
  /** Path parameters as they stand in the URL, that is, percent-encoded. */
  readonly params: Readonly<Record<string, string>>;
  /** A parameter that stands several times is a list. */
  readonly query: Readonly<Record<string, string | readonly string[]>>;
  /** Names in lower case; a header that stands several times is joined by commas. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body, as text where it has arrived as such; empty when there is none. */
  readonly body: string | Uint8Array;
}

/** A reply as operations give it. */
export interface HttpResponse {
  readonly status: number;
  /** Names in lower case, without `set-cookie`. */
  readonly headers: Record<string, string>;
  /** The values of `set-cookie`: the only header that cannot be one line (RFC 6265, section 3). */
  readonly cookies?: readonly string[];
  /** Text is sent as UTF-8; empty when there is none. */
  readonly body: string | Uint8Array;
}
