import { parse } from 'yaml';
import { edited, put, remove, type Edit, type Operators } from '../mutant.ts';
import type { Any } from '../repository.ts';

const FILE = 'zero-trust.yaml';

/** The graph says something else than the manifests, which nobody rendered again. */
export const DECLARATION: Operators = {
  'declaration/forget-call': services((service, at) =>
    (service.calls ?? []).map((_: Any, index: number) => remove([...at, 'calls', index])),
  ),
  'declaration/new-call': services((service, at, all) => {
    const called = new Set((service.calls ?? []).map(({ to }: Any) => String(to).split('/').at(-1)));
    const to = all.find((one) => one !== service && (one.port || one.ports) && !called.has(one.name));
    return to
      ? [put([...at, 'calls', service.calls?.length ?? 0], { to: `${to.namespace}/${to.name}` })]
      : [];
  }),
  'declaration/other-methods': services((service, at) =>
    (service.calls ?? []).flatMap(({ methods }: Any, index: number) =>
      methods
        ? [put([...at, 'calls', index, 'methods'], ['PATCH']), remove([...at, 'calls', index, 'methods'])]
        : [],
    ),
  ),
  'declaration/no-egress': services((service, at) =>
    (service.egress ?? []).map((_: Any, index: number) => remove([...at, 'egress', index])),
  ),
  'declaration/not-exposed': services((service, at) => [service.expose && remove([...at, 'expose'])]),
  'declaration/forget-service': services((service, at, all) =>
    all.some(({ calls }) =>
      (calls ?? []).some(({ to }: Any) => String(to).split('/').at(-1) === service.name),
    )
      ? []
      : [remove(at)],
  ),
};

function services(of: (service: Any, at: (string | number)[], all: Any[]) => (Edit | false | undefined)[]) {
  return function* ({ files }: { files: Map<string, string> }) {
    const text = files.get(FILE)!;
    const all = (parse(text) as Any).services as Any[];
    for (const [index, service] of all.entries()) {
      for (const edit of of(service, ['services', index], all)) {
        if (!edit) continue;
        const what = `${service.name} ${edit.at.slice(2).join('.')} → ${JSON.stringify(edit.to) ?? 'removed'}`;
        yield { file: FILE, what, changes: () => new Map([[FILE, edited(text, 0, edit)]]) };
      }
    }
  };
}
