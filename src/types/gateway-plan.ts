/** A host name that the shared Gateway serves. */
export interface HostPlan {
  host: string;
  listener: string;
  secret: string;
  wildcard: boolean;
  services: string[];
  /** Namespaces whose routes may attach. */
  namespaces: string[];
}

/** What the shared Gateway asks of every request; what was not given is null. */
export interface GatewayPlan {
  jwt: {
    issuer: string;
    jwks: string;
    audiences: string[];
    /** Paths that need no token; `path` as it was given, `value` without the star. */
    openPaths: { path: string; isPrefix: boolean; value: string }[];
  } | null;
  rateLimit: { requests: number; unit: string; seconds: number } | null;
  maxRequestBody: { size: string; bytes: number } | null;
  /** JSON: host names by the namespace whose routes may use them. */
  hostOwners: string;
}
