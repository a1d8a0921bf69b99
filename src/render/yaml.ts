import { Document, visit } from 'yaml';
import { escapeUnprintable } from './quote.ts';

/** Text that block scalars change, or that some reader folds or refuses. */
const UNSAFE =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]|[ \t]\n|[ \t]$|\n\n$|^[ \t\n]/;

/**
 * A value as YAML that reads back the same in YAML 1.1 too, which Kubernetes, Flux and kustomize read:
 * `no`, `0777` and `12:30` are quoted.
 */
export function toYaml(value: unknown): string {
  const document = new Document(value, { aliasDuplicateObjects: false, compat: 'yaml-1.1' });
  visit(document, {
    Scalar(_, node) {
      if (typeof node.value === 'string' && UNSAFE.test(node.value)) node.type = 'QUOTE_DOUBLE';
    },
  });
  return escapeUnprintable(document.toString({ lineWidth: 0 }));
}
