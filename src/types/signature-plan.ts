/** Which images must be signed, and by whom: a keyless identity, or a public key. */
export interface SignaturePlan {
  /** Registry and path below which images are signed. */
  prefixes: string[];
  /** Empty with a key. */
  issuer: string;
  /** A regular expression over the whole subject; empty with a key. */
  subject: string;
  /** PEM; empty with an identity. */
  key: string;
  /** The images of the Plan that are meant. */
  images: string[];
  globs: string[];
  /** What a verifier must reach. */
  hosts: string[];
  /** The networks of these hosts; empty where only their names are known. */
  networks: string[];
}
