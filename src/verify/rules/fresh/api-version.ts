/** An API version that clusters or controllers no longer serve, or will stop serving. */
export interface ApiVersion {
  /** Of `<apiVersion>/<kind>`. */
  pattern: RegExp;
  /** What to write instead. */
  instead: string;
  /** The minor version of Kubernetes since which it is gone; absent for kinds of controllers, of which the tested version counts. */
  kubernetes?: number;
  source: string;
}
