const bomb = Array.from({ length: 12 }, (_, index) =>
  index
    ? `a${index}: &a${index} [${Array(10)
        .fill(`*a${index - 1}`)
        .join(', ')}]`
    : 'a0: &a0 [x, x, x, x, x, x, x, x, x, x]',
);
/** Texts that no reader can take; somebody must hear of it. */
export const BROKEN: Record<string, string> = {
  'an open bracket': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x\n',
  'a tab': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n\tname: x\n',
  'a key twice': 'apiVersion: v1\nkind: ConfigMap\nkind: Secret\nmetadata: {name: x}\n',
  'an unknown alias': 'apiVersion: v1\nkind: ConfigMap\nmetadata: *nobody\n',
  'a bomb of aliases': `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n${bomb.join('\n')}\n`,
  'a conflict of a merge': '<<<<<<< HEAD\napiVersion: v1\n=======\napiVersion: v2\n>>>>>>> other\n',
  'deep brackets': `apiVersion: v1\nkind: ConfigMap\ndata: ${'['.repeat(20_000)}`,
  'deep and balanced brackets': `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: ${'['.repeat(20_000)}${']'.repeat(20_000)}\n`,
  'a broken second document': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n---\n{ [',
};

const one = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, namespace: shop}\n';
/** Odd, and allowed. */
export const FINE: Record<string, string> = {
  nothing: '',
  'only comments': '# nothing\n# here\n',
  'empty documents': '---\n---\n...\n---\n',
  'another language': '{{- if .Values.x }}\napiVersion: v1\n{{- end }}\n',
  'a list of lists':
    'apiVersion: v1\nkind: List\nitems:\n  - apiVersion: v1\n    kind: List\n    items: [null, 1, {}]\n',
  'a list that is none': 'apiVersion: v1\nkind: PodList\nitems: {a: b}\n',
  'anchors and merge keys': `${one}data: &d {a: b}\nlabels: {<<: *d, c: d}\n`,
  'an alias of itself': `${one}data: &d\n  self: *d\n`,
  'numbers for names': 'apiVersion: 1\nkind: 2\nmetadata: {name: 3, namespace: 4}\n',
  'a map that hides what prints it': `${one}data: {toString: x}\nspec: {selector: {matchLabels: {a: {valueOf: 1, toString: null}}}}\n`,
  'names of prototypes':
    'apiVersion: v1\nkind: constructor\nmetadata: {name: __proto__, namespace: toString}\n',
  'labels of prototypes': `${one}labels: {__proto__: x, constructor: y}\n`,
  'many documents': Array.from({ length: 3000 }, (_, index) =>
    one.replace('name: x', `name: x${index}`),
  ).join('---\n'),
  'a large value': `${one}data:\n  blob: ${'QUJD'.repeat(1_000_000)}\n`,
  'a long line of one word': `${one}data:\n  blob: ${'a'.repeat(3_000_000)}\n`,
  'a large text': `${one}data:\n  blob: |\n${'    some words of text = "and more"\n'.repeat(60_000)}`,
  'deep maps': `${one}data:\n${Array.from({ length: 300 }, (_, depth) => `${' '.repeat(depth + 1)}a:`).join('\n')} x\n`,
};

/** What a slip of the hand, a merge or a bad disk puts into a text. */
export const SCRAPS = [
  '\t',
  '\r\n',
  '\r',
  '\ufeff',
  '\0',
  '---\n',
  '...\n',
  '%YAML 1.1\n',
  '%TAG ! x\n',
  '&a ',
  '*a',
  '<<: *a\n',
]
  .concat([
    '!!js/function x',
    '!!binary x',
    '!!set {a}',
    '? [a]\n: b\n',
    '- ',
    ': ',
    '{',
    ']',
    '"',
    "'",
    '|\n',
    '#',
  ])
  .concat(['# zero-trust: ignore', '# zero-trust: ignore x\n', '\ud800', '\ufffd', '\u2028', '\u0085']);
