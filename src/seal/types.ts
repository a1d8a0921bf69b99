/** A Secret that the repository wants: which keys it holds, and the file for its ciphertext. */
export interface DeclaredSecret {
  namespace: string;
  name: string;
  keys: string[];
  /** `Opaque` when absent. */
  type?: string;
  path: string;
}

/** Text, or bytes exactly as a file holds them. */
export type SecretValue = string | Uint8Array;

/** `namespace/name` → key → value. Lives in memory only. */
export type SecretValues = Map<string, Map<string, SecretValue>>;

/** One value as it was given. `where` may be shown; `id` not before it is known to be a name; the value never. */
export interface GivenValue {
  where: string;
  id: string;
  value: SecretValue;
}
